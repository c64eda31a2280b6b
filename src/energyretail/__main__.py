"""Makes ``python -m energyretail`` the command line."""

from energyretail.entrypoints.cli import main

__all__: list[str] = []

if __name__ == "__main__":
    main()
