"""The HTTP door: the same use cases as every other door, described by OpenAPI 3.1."""

from energyretail.entrypoints.api.app import create_app
from energyretail.entrypoints.api.use_cases import ApiUseCases

__all__ = ["ApiUseCases", "create_app"]
