"""A portfolio at the door: its files are brought on the first day, and nobody comes after."""

from __future__ import annotations

from datetime import date

from energyretail.application.imports import ImportPortfolio, ImportReport, PortfolioFolder

__all__ = ["PortfolioAtTheDoor"]


class PortfolioAtTheDoor:
    """Takes the portfolio over on the first morning; `report` tells what became of it."""

    def __init__(self, take_over: ImportPortfolio, folder: PortfolioFolder):
        self._take_over = take_over
        self._folder = folder
        self.report: ImportReport | None = None

    def live(self, today: date) -> None:
        """Bring the files, on the first day alone."""
        if self.report is None:
            self.report = self._take_over(self._folder)
