"""``energyretail held``: bills that are not plausible, and what two people say about them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from energyretail.application.shared import PAGE_MAX
from energyretail.domain.billing import Decision, HeldBill, HeldBillState, HeldBillTrigger
from energyretail.entrypoints.cli.company import container_for
from energyretail.entrypoints.cli.output import JsonOption, Output

__all__ = ["app"]

app = typer.Typer(
    help="List held bills, release them by two people, or reject them.", no_args_is_help=True
)

Key = Annotated[str, typer.Argument(help="contract/supply point/first day/digest, as listed.")]
By = Annotated[str, typer.Option("--by", help="Who decides, by name.")]
Reason = Annotated[str, typer.Option("--reason", help="Why.")]
Seen = Annotated[int, typer.Option("--seen", help="The version that was shown.")]
State = Annotated[HeldBillState | None, typer.Option(help="Only those in this state.")]


@app.command("list")
def list_(context: typer.Context, state: State = None, as_json: JsonOption = False) -> None:
    """List what was held, also what is issued or made way since."""
    output = Output.of(context, as_json)
    found = [_told(bill) for bill in _pages(output, state)]
    if output.as_json:
        output.show({"items": found})
        return
    for told in found:
        output.show({**told, "findings": _in_lines(told["findings"])}, title=told["key"])


@app.command("show")
def show(context: typer.Context, key: Key, as_json: JsonOption = False) -> None:
    """Show one with all that was found against it."""
    output = Output.of(context, as_json)
    _show(output, container_for(output).held_bill_by_key()(key))


@app.command("release")
def release(
    context: typer.Context,
    key: Key,
    by: By,
    reason: Reason,
    seen: Seen,
    as_json: JsonOption = False,
) -> None:
    """Say as the first person that it may leave."""
    _decide(Output.of(context, as_json), HeldBillTrigger.RELEASE, key, by, reason, seen)


@app.command("confirm")
def confirm(
    context: typer.Context,
    key: Key,
    by: By,
    reason: Reason,
    seen: Seen,
    as_json: JsonOption = False,
) -> None:
    """Say so as a second person: the next run issues it."""
    _decide(Output.of(context, as_json), HeldBillTrigger.CONFIRM, key, by, reason, seen)


@app.command("reject")
def reject(
    context: typer.Context,
    key: Key,
    by: By,
    reason: Reason,
    seen: Seen,
    as_json: JsonOption = False,
) -> None:
    """Say that it is wrong: it is never issued as it is."""
    _decide(Output.of(context, as_json), HeldBillTrigger.REJECT, key, by, reason, seen)


def _decide(
    output: Output, decision: HeldBillTrigger, key: str, by: str, reason: str, seen: int
) -> None:
    decide = container_for(output).decide_held_bill()
    _show(output, decide(key, decision, by=by, reason=reason, version=seen))


def _pages(output: Output, state: HeldBillState | None) -> Iterator[HeldBill]:
    shelf = container_for(output).held_bill_shelf()
    after: str | None = ""
    while after is not None:
        page = shelf.page(after=after, limit=PAGE_MAX, state=state)
        yield from page.items
        after = page.next_after


def _show(output: Output, bill: HeldBill) -> None:
    told = _told(bill)
    shown = told if output.as_json else {**told, "findings": _in_lines(told["findings"])}
    output.show(shown, title="" if output.as_json else bill.key)


def _told(bill: HeldBill) -> dict[str, Any]:
    return {
        "key": bill.key,
        "days": str(bill.days),
        "gross": str(bill.gross),
        "findings": [{"code": each.code, "text": str(each)} for each in bill.findings],
        "held_on": str(bill.held_on),
        "state": bill.state.value,
        "version": bill.version,
        "released": _said(bill.released),
        "confirmed": _said(bill.confirmed),
        "rejected": _said(bill.rejected),
    }


def _said(decision: Decision | None) -> str:
    return f"{decision.by}, {decision.on}: {decision.reason}" if decision else ""


def _in_lines(findings: list[dict[str, str]]) -> str:
    return "\n".join(f"{each['code']}: {each['text']}" for each in findings)
