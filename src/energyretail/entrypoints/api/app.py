"""Assembles the API from its use cases."""

from __future__ import annotations

from typing import Any, Final

import attrs
from litestar import Litestar
from litestar.openapi import OpenAPIConfig

from energyretail import __version__
from energyretail.entrypoints.api.allowed import AllowedMethods
from energyretail.entrypoints.api.describing import DescribedJson, described
from energyretail.entrypoints.api.health import health_routes
from energyretail.entrypoints.api.identity import TokenIdentity
from energyretail.entrypoints.api.metrics import metric_routes
from energyretail.entrypoints.api.origins import OwnOrigin
from energyretail.entrypoints.api.problems import EXCEPTION_HANDLERS
from energyretail.entrypoints.api.request_ids import RequestIds
from energyretail.entrypoints.api.routes import business_routes
from energyretail.entrypoints.api.use_cases import ApiUseCases

__all__ = ["BODY_BYTES_MAX", "create_app", "description"]

BODY_BYTES_MAX: Final = 1024 * 1024


def create_app(use_cases: ApiUseCases, *, token: str | None = None) -> Litestar:
    """Return the ASGI application; its description is at ``/schema/openapi.json``.

    With a `token` every route but health and version wants it.
    """
    return Litestar(
        route_handlers=[
            *health_routes(use_cases),
            metric_routes(use_cases),
            business_routes(use_cases),
        ],
        exception_handlers=EXCEPTION_HANDLERS,
        middleware=[RequestIds(), OwnOrigin(local_only=token is None), AllowedMethods()],
        plugins=[TokenIdentity(token)] if token else [],
        request_max_body_size=BODY_BYTES_MAX,
        openapi_config=OpenAPIConfig(
            title="energyretail",
            version=__version__,
            summary="A gas and electricity retailer, from quote to bank.",
            use_handler_docstrings=True,
            render_plugins=[DescribedJson()],
        ),
        # Whoever starts the process says how it logs.
        logging_config=None,
        debug=False,
    )


def description() -> dict[str, Any]:
    """Return the OpenAPI description of the API; there need be no company behind it."""
    nobody: Any = None
    fields = {field.name: nobody for field in attrs.fields(ApiUseCases)}
    app = create_app(ApiUseCases(**fields | {"day_steps": ()}))
    return described(app.openapi_schema.to_schema())
