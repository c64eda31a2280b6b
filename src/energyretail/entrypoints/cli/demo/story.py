"""The figures of a demo as a retailer would read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

__all__ = ["story_of"]


def story_of(figures: Mapping[str, Any], out: Path) -> None:
    """Print the funnel, the switches, energy, money and where to look, on stdout."""
    console = Console()
    console.print(_table("From quote to supply", _funnel(figures)))
    console.print(_table("Switches", figures["switches"].items()))
    console.print(_table("Rejected because", figures["rejections"].items()))
    console.print(_table("Energy billed by register (kWh)", figures["energy_kwh"].items()))
    console.print(_table("Documents", figures["documents"].items()))
    console.print(_table("Money (EUR)", _money(figures)))
    console.print(_table("Returned because", figures["returns"].items()))
    console.print(_table("Checks", _checks(figures)))
    console.print(_table("Where to look", _places(figures, out)))


def _table(title: str, rows: Iterable[tuple[str, Any]]) -> Table:
    table = Table(title=title, title_justify="left", show_header=False, min_width=60)
    table.add_column(ratio=2)
    table.add_column(justify="right", ratio=1, overflow="fold")
    for name, value in rows:
        table.add_row(name, str(value))
    return table


def _euros(cents: int) -> str:
    return f"{cents // 100 if cents >= 0 else -(-cents // 100):,}.{abs(cents) % 100:02d}"


def _funnel(figures: Mapping[str, Any]) -> list[tuple[str, Any]]:
    names = ("quotes", "contracts_accepted", "contracts_signed", "contracts_active")
    return [(name.replace("_", " "), figures[name]) for name in (*names, "supplies_active")]


def _money(figures: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        ("invoiced", _euros(figures["invoiced_cents"])),
        ("collected, returns taken off", _euros(figures["collected_cents"])),
        ("returned", _euros(figures["returned_cents"])),
        ("open", _euros(figures["open_cents"])),
    ]


def _checks(figures: Mapping[str, Any]) -> list[tuple[str, Any]]:
    rest = figures["invoiced_cents"] - figures["collected_cents"] - figures["open_cents"]
    return [
        ("ledger imbalance (cents)", figures["ledger_imbalance_cents"]),
        ("invoiced - collected - open (cents)", rest),
        ("supply days without a bill or a reason", figures["unexplained_supply_days"]),
        ("estimates replaced by readings", figures["estimates_replaced"]),
        ("entries in the ERP", figures["erp_postings"]),
        ("items for a person to look at", figures["work_items"]),
        ("messages parked", figures["parked"]),
        ("worker restarts", figures["worker_restarts"]),
        ("seconds", figures["elapsed_s"]),
    ]


def _places(figures: Mapping[str, Any], out: Path) -> list[tuple[str, str]]:
    folders = ("invoices", "payment_files", "bank_files", "registry_messages", "meter_files")
    return [
        *((f"{name.replace('_', ' ')}", str(out / name)) for name in folders),
        ("state, one row a line", str(out / "state.jsonl")),
        ("its SHA-256", figures["state_sha256"]),
    ]
