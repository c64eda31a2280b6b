"""The demo at its defaults, shared by every journey."""

from __future__ import annotations

from demo_runs import default_demo

__all__ = ["default_demo"]
