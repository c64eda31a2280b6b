"""The demo at its defaults, shared by every journey, and small ones by name."""

from __future__ import annotations

import pytest
from small_demos import SIZE, Small

from demo_runs import Demo, default_demo, shared_demo
from shared_between import shared_folder

__all__ = ["default_demo", "small"]


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Small:
    """Run a small demo; the same name gives the same run back, to every process of tests."""

    def run(name: str, *options: str) -> Demo:
        folder = shared_folder(tmp_path_factory) / "small" / name
        return shared_demo(folder, *SIZE, *options)

    return run
