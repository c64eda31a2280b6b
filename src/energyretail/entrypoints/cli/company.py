"""The commands of whoever runs the company: its days, and what waits for a person."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import attrs
import typer

from energyretail.application.shared import Channel
from energyretail.domain.shared import Invalid
from energyretail.entrypoints.cli.output import JsonOption, Output
from energyretail.entrypoints.container import Container, container_of
from energyretail.entrypoints.settings import Settings

__all__ = ["container_for", "day", "send_again", "work"]

day = typer.Typer(help="Open the company's days and see how far they are.", no_args_is_help=True)


def container_for(output: Output) -> Container:
    """Return the company of the settings; raises Invalid ``settings.missing`` without one."""
    settings = Settings.load(output.settings_file)
    if settings.database_url is None:
        raise Invalid("settings.missing", "not set", keys="database_url")
    return container_of(settings)


@day.command("open")
def open_day(
    context: typer.Context,
    on: Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], help="The business day.")],
    as_json: JsonOption = False,
) -> None:
    """Move the company's clock to a day and let a worker walk its steps; once is enough."""
    output = Output.of(context, as_json)
    container = container_for(output)
    container.open_day()(on.date())
    container.begin_day()(on.date())
    _show(container, on.date(), output)


@day.command("show")
def show_day(context: typer.Context, as_json: JsonOption = False) -> None:
    """Tell the business day, its steps done, and what waits to be sent."""
    output = Output.of(context, as_json)
    container = container_for(output)
    _show(container, container.clock().today(), output)


def _show(container: Container, on: date, output: Output) -> None:
    days = container.days()
    done = days.steps_done(on)
    # The names alone: the steps themselves would want every partner's settings.
    names = list(container.day_steps.kwargs)
    output.show(
        {
            "day": on.isoformat(),
            "closed": days.is_closed(on),
            "steps_done": [name for name in names if name in done],
            "steps_left": [name for name in names if name not in done],
            "messages_waiting": container.outbox().waiting(),
        }
    )


def send_again(
    context: typer.Context,
    channel: Annotated[Channel, typer.Argument(help="The way out whose cause was put right.")],
    as_json: JsonOption = False,
) -> None:
    """Let a channel's parked messages be sent again; each leaves the work list."""
    output = Output.of(context, as_json)
    released = container_for(output).send_again()(channel)
    output.show({"channel": channel.value, "released": released})


def work(
    context: typer.Context,
    kind: Annotated[str, typer.Option(help="Only items of this kind.")] = "",
    as_json: JsonOption = False,
) -> None:
    """List what was parked for a person: why, and what can be done about it."""
    output = Output.of(context, as_json)
    items = [
        item
        for item in container_for(output).work_list().open_items()
        if not kind or item.kind == kind
    ]
    if output.as_json:
        output.show({"items": [attrs.asdict(item) for item in items]})
        return
    for item in items:
        output.show(
            {
                "code": item.code,
                "text": item.text,
                "way out": item.way_out,
                "since": item.raised_on,
            },
            title=f"{item.kind} {item.key}",
        )
