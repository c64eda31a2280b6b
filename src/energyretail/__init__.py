"""Run a gas and electricity retailer from quote to bank."""

__version__ = "0.1.0"

__all__ = ["__version__"]
