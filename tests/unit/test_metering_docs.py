"""The page on readings names every rule, and shows a file that can be read."""

from pathlib import Path

from energyretail.adapters.meter_files import read_meter_file
from energyretail.adapters.meter_files.layout import checksum
from energyretail.domain.metering import READING_RULES

PAGE = (Path(__file__).parents[2] / "docs/processes/readings.md").read_text(encoding="utf-8")


def test_the_page_names_every_rule():
    assert [rule.code for rule in READING_RULES if f"`{rule.code}`" not in PAGE] == []


def test_the_file_on_the_page_is_read():
    shown = next(block for block in PAGE.split("```") if block.strip().startswith("READINGS"))
    body = shown.strip().rpartition("\n")[0] + "\n"
    signed = f"{body}END;3;{checksum(body.encode())}\n".encode()

    delivery = read_meter_file(signed)

    assert (len(delivery.rows), delivery.faults) == (3, ())
