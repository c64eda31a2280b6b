"""``energyretail demo``: some months of a small retailer, every partner a real server."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final

import attrs
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from energyretail.adapters.csv_files import CsvFolder, CsvRecords
from energyretail.adapters.simulated.population import Population
from energyretail.application.imports import first_day_after
from energyretail.domain.shared import Period, add_months
from energyretail.entrypoints.cli.demo.company import Company, Door, Kills
from energyretail.entrypoints.cli.demo.customers import CustomersAtTheDoor
from energyretail.entrypoints.cli.demo.portfolio import PortfolioAtTheDoor
from energyretail.entrypoints.cli.demo.results import results_of
from energyretail.entrypoints.cli.demo.story import story_of
from energyretail.entrypoints.cli.exit_codes import ExitCode
from energyretail.entrypoints.cli.importing import report_of, show_report
from energyretail.entrypoints.cli.local_company import local_company, prepare_folder
from energyretail.entrypoints.cli.output import Output
from energyretail.entrypoints.cli.processes import WorkerProcess
from energyretail.entrypoints.container import Container, container_of
from energyretail.entrypoints.settings import Settings

__all__ = ["run"]

FIRST_DAY: Final = date(2026, 3, 1)


@attrs.frozen
class _Plan:
    homes: int
    companies: int
    months: int
    seed: int
    out: Path
    kills: int
    first_day: date = FIRST_DAY
    portfolio: Path | None = None

    @property
    def span(self) -> Period:
        return Period(self.first_day, add_months(self.first_day, self.months))


def run(
    context: typer.Context,
    homes: Annotated[int, typer.Option(min=0, help="How many homes ask for a quote.")] = 300,
    companies: Annotated[int, typer.Option(min=0, help="How many companies do.")] = 30,
    months: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=9,
            help="How long: 4 from 1 March 2026, or 1 from the day after the last reading given.",
            show_default=False,
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed tells the same story.")] = 1,
    out: Annotated[
        Path, typer.Option(help="Folder for all there is to see; emptied if a demo made it.")
    ] = Path("energyretail-demo"),
    kills: Annotated[
        int, typer.Option(min=0, help="Kill the worker this often on the way, to show it heals.")
    ] = 0,
    portfolio: Annotated[
        Path | None,
        typer.Option(
            "--input",
            exists=True,
            file_okay=False,
            help="Folder of a portfolio to take over, instead of inventing homes and companies.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Live through some months of a small Spanish retailer, from quotes to the bank.

    Starts a Postgres, the simulated partners as real servers on loopback, and a worker,
    each a process of its own, and ends them all. With `--input` nobody is invented: the
    portfolio is taken over on the first day, and its faults are told; ends with code 4 when
    nothing of it could be taken.
    """
    output = Output.of(context, as_json)
    plan = _Plan(homes, companies, months or 4, seed, out.absolute(), kills)
    if portfolio is not None:
        plan = attrs.evolve(
            plan,
            homes=0,
            companies=0,
            months=months or 1,
            first_day=first_day_after(CsvFolder(portfolio), CsvRecords()),
            portfolio=portfolio,
        )
        output.progress.print(f"The company opens on {plan.first_day}.")
    prepare_folder(plan.out)
    figures = _live(plan, output)
    (plan.out / "figures.json").write_text(json.dumps(figures, indent=1), "utf-8")
    _tell(figures, plan, output)
    if _nothing_taken(figures):
        raise typer.Exit(ExitCode.BAD_INPUT)


def _tell(figures: Mapping[str, Any], plan: _Plan, output: Output) -> None:
    if output.as_json:
        output.show(figures)
        return
    if "import" in figures:
        Console().print(f"The company opened on {figures['first_day']}.")
        show_report(figures["import"], title="Taken over")
    story_of(figures, plan.out)


def _nothing_taken(figures: Mapping[str, Any]) -> bool:
    return "import" in figures and not any(each["taken"] for each in figures["import"]["files"])


def _live(plan: _Plan, output: Output) -> dict[str, Any]:
    began = time.monotonic()
    with ExitStack() as stack:
        base = Settings.load(output.settings_file)
        local = stack.enter_context(local_company(base, plan.out, seed=plan.seed))
        settings = local.settings
        container = container_of(settings)
        stack.callback(container.database().close)
        worker = WorkerProcess(settings.environment(), plan.out / "worker.log")
        worker.start()
        stack.callback(worker.stop)
        takeover = None
        if plan.portfolio is not None:
            takeover = PortfolioAtTheDoor(container.import_portfolio(), CsvFolder(plan.portfolio))
        company = _company(plan, container, worker, local.clock_url, takeover)
        steps_a_day = len(container.day_steps())
        _watch(plan, company, output, steps=steps_a_day * plan.span.days)
        figures = results_of(
            container, plan.out, erp_state_url=f"{local.ready['erp']['url']}/state.json"
        )
        restarts = worker.restarts
    if takeover is not None and takeover.report is not None:
        figures = {
            "first_day": plan.first_day.isoformat(),
            **figures,
            "import": report_of(takeover.report),
        }
    return figures | {
        "worker_restarts": restarts,
        "elapsed_s": round(time.monotonic() - began, 1),
    }


def _company(
    plan: _Plan,
    container: Container,
    worker: WorkerProcess,
    clock_url: str,
    takeover: PortfolioAtTheDoor | None,
) -> Company:
    customers: Door = CustomersAtTheDoor(
        Population(plan.seed, plan.homes, plan.companies, plan.first_day),
        quote=container.quote_supply(),
        accept=container.accept_quote(),
        withdraw=container.withdraw_contract(),
        contracts=container.contract_rows(),
    )
    if takeover is not None:
        customers = takeover
    return Company(
        customers=customers,
        open_day=container.open_day(),
        begin_day=container.begin_day(),
        days=container.days(),
        worker=worker,
        clock_url=clock_url,
    )


def _watch(plan: _Plan, company: Company, output: Output, *, steps: int) -> None:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=output.progress) as progress:
        task = progress.add_task(f"{plan.first_day}", total=plan.span.days)
        company.live(
            plan.span,
            Kills(plan.kills, steps),
            lambda day: progress.update(task, advance=1, description=f"{day}"),
        )
