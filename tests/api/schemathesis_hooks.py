"""Lets schemathesis ask for things that exist, three times out of four where it means to be right.

Loaded by the command through SCHEMATHESIS_HOOKS; SEEDS names the file with what exists.
"""

from __future__ import annotations

import itertools
import json
import os
from pathlib import Path
from typing import Any

import httpx
import schemathesis
from hypothesis import strategies as st

from energyretail.domain.shared import Cups, Iban

SEEDS: dict[str, list[Any]] = json.loads(Path(os.environ["SEEDS"]).read_text(encoding="utf-8"))
URL = os.environ["SEEDED_URL"]
_turn = itertools.count()

# Which list a parameter of an operation is drawn from.
NAMED = {
    "readCustomer": ("number", "customers"),
    "changeCustomer": ("number", "customers"),
    "readQuote": ("number", "quotes"),
    "acceptQuote": ("number", "open quotes"),
    "readContract": ("number", "contracts"),
    "previewBill": ("number", "contracts"),
    "withdrawContract": ("number", "cooling off"),
    "readSupplyPoint": ("cups", "points"),
    "listReadings": ("cups", "points"),
    "takeReading": ("cups", "points"),
    "takeUsage": ("cups", "points"),
    "readTariff": ("code", "tariffs"),
    "readSwitch": ("request_code", "switches"),
    "readInvoice": ("name", "invoices"),
    "explainInvoice": ("name", "invoices"),
    "compareInvoice": ("name", "invoices with one before"),
    "readPayment": ("end_to_end_id", "payments"),
    "readMandate": ("reference", "mandates"),
    "closeWorkItem": ("item_id", "work items"),
    "setUpInstalmentPlan": ("number", "planned"),
    "readInstalmentPlan": ("number", "planned"),
    "reviewInstalmentPlan": ("number", "planned"),
    "readRun": ("day", "runs"),
    "readBillRun": ("number", "bill runs"),
    "listBillRunChunks": ("number", "bill runs"),
    "abortBillRun": ("number", "bill runs"),
    "resumeBillRun": ("number", "bill runs"),
}

digits = st.integers(0, 10**12 - 1)
schemathesis.openapi.format("cups", digits.map(lambda n: Cups.of_digits(f"0091{n:012d}").value))
schemathesis.openapi.format("iban", digits.map(lambda n: Iban.of_account("ES", f"{n:020d}").value))


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """Put in what exists."""
    _ = context, kwargs
    meant_right = case.meta is not None and case.meta.generation.mode.is_positive
    turn = next(_turn)
    operation = case.operation.definition.raw.get("operationId", "")
    if meant_right and case.path.startswith("/v1/contracts/{number}"):
        # What a quote's path calls its number is not a contract's, which is called so too.
        contracts = SEEDS["contracts"]
        if not str(case.path_parameters.get("number", "")).startswith("K"):
            case.path_parameters["number"] = contracts[turn % len(contracts)]
    # A later day would be lived by everybody else: what is in its cooling-off would not stay there.
    if not meant_right or (turn % 4 == 0 and operation != "beginRun"):
        return
    if operation in NAMED:
        parameter, pool = NAMED[operation]
        case.path_parameters[parameter] = SEEDS[pool][turn % len(SEEDS[pool])]
    if operation in ("readInstalmentPlan", "reviewInstalmentPlan"):
        case.path_parameters["first_day"] = SEEDS["plans"][0]["first_day"]
    if operation in SEEDS["documents"][0]:
        case.body = SEEDS["documents"][0][operation]
    if operation == "setUpInstalmentPlan":
        case.body = SEEDS["plans"][0]
    if operation == "reviewInstalmentPlan":
        parts = (case.path_parameters["number"], case.path_parameters["first_day"])
        path = f"{URL}/v1/contracts/{parts[0]}/instalment-plans/{parts[1]}"
        case.headers["If-Match"] = httpx.get(path).headers["ETag"]
    if operation == "changeCustomer":
        path = f"{URL}/v1/customers/{case.path_parameters['number']}"
        case.headers["If-Match"] = httpx.get(path).headers["ETag"]
    if operation == "takeReading":
        case.body = SEEDS["readings"][turn % len(SEEDS["points"])]
    if operation == "beginRun":
        case.body = {"day": SEEDS["runs"][0]}
    if operation == "startBillRun":
        case.body = {"as_of": SEEDS["runs"][0], "started_by": "Ana", "dry_run": turn % 2 == 0}
