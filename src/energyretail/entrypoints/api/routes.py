"""Everything below ``/v1``: each route translates, calls one use case, and translates back."""

from __future__ import annotations

from litestar import Router

from energyretail.entrypoints.api.bill_runs import bill_run_routes
from energyretail.entrypoints.api.bills import bill_routes
from energyretail.entrypoints.api.consolidated import consolidated_invoice_routes
from energyretail.entrypoints.api.consolidation import consolidation_routes
from energyretail.entrypoints.api.contracts import contract_routes
from energyretail.entrypoints.api.customer_faults import customer_fault_routes
from energyretail.entrypoints.api.customers import customer_routes
from energyretail.entrypoints.api.deposits import deposit_routes
from energyretail.entrypoints.api.documents import document_routes
from energyretail.entrypoints.api.held_bills import held_bill_routes
from energyretail.entrypoints.api.instalment_plans import plan_routes
from energyretail.entrypoints.api.invoices import invoice_routes
from energyretail.entrypoints.api.ledger import ledger_routes
from energyretail.entrypoints.api.payments import payment_routes
from energyretail.entrypoints.api.quotes import quote_routes
from energyretail.entrypoints.api.requests import check_request
from energyretail.entrypoints.api.runs import run_routes
from energyretail.entrypoints.api.supply_points import supply_point_routes
from energyretail.entrypoints.api.switches import switch_routes
from energyretail.entrypoints.api.use_cases import ApiUseCases
from energyretail.entrypoints.api.work_items import work_item_routes

__all__ = ["business_routes"]


def business_routes(use_cases: ApiUseCases) -> Router:
    """Return everything below ``/v1``."""
    return Router(
        "/v1",
        before_request=check_request,
        route_handlers=[
            customer_routes(use_cases),
            consolidation_routes(use_cases),
            quote_routes(use_cases),
            contract_routes(use_cases),
            *plan_routes(use_cases),
            customer_fault_routes(use_cases),
            held_bill_routes(use_cases),
            supply_point_routes(use_cases),
            switch_routes(use_cases),
            *document_routes(use_cases),
            bill_routes(use_cases),
            invoice_routes(use_cases),
            consolidated_invoice_routes(use_cases),
            deposit_routes(use_cases),
            *payment_routes(use_cases),
            *ledger_routes(use_cases),
            *work_item_routes(use_cases),
            run_routes(use_cases),
            bill_run_routes(use_cases),
        ],
    )
