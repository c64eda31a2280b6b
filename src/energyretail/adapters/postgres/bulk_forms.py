"""Forms of bills: each is kept once, for every bill that is filled from it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from psycopg.errors import LockNotAvailable
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from energyretail.adapters.postgres.database import Database
from energyretail.adapters.shared.form_json import form_text, rounding_template_of, template_of
from energyretail.application.billing import RatedAlike
from energyretail.domain import pricing

__all__ = ["Forms"]

_DIGESTS_KEPT: Final = 5000
# Texts go as one: no JSON has this character as it is, and an array looks at every sign of them.
_BETWEEN: Final = "\x1e"

_KNOWN: Final = text("SELECT digest, id FROM bill_form WHERE digest = ANY(:digests)")
# In one order always, as others may keep the same.
_ADD: Final = text("""
    INSERT INTO bill_form (digest, body, period)
    SELECT digest, body, daterange(start, until)
    FROM unnest(CAST(:digests AS text[]), string_to_array(CAST(:bodies AS text), :between),
        CAST(:starts AS date[]), CAST(:untils AS date[])) AS given (digest, body, start, until)
    ORDER BY digest COLLATE "C"
    ON CONFLICT (digest) DO NOTHING RETURNING digest, id
""")
_ADD_LINES: Final = text("""
    INSERT INTO bill_form_line (form_id, position, told)
    SELECT form, position, told
    FROM unnest(CAST(:forms AS bigint[]), string_to_array(CAST(:lines AS text), :between))
            AS given (form, lines),
        jsonb_array_elements(CAST(lines AS jsonb)) WITH ORDINALITY AS line (told, position)
""")


class Forms:
    """Tells under which ids the forms of programs are kept; those that are not are added."""

    def __init__(self) -> None:
        # By the form itself, kept beside: programs stay for many pages.
        self._digests: dict[int, tuple[pricing.BillForm, str]] = {}

    def ids(self, database: Database, rated: Sequence[RatedAlike]) -> list[int]:
        """Return the id of each one's form, by a few statements whatever their number.

        Those that are added are so before the open transaction ends: all who bill by the same
        tariff at once would wait for the first of them to commit its bills. A dry run keeps none
        before its end, so that others may have to wait for that.
        """
        digests = [self._digest(each.program.form) for each in rated]
        told = dict(zip(digests, rated, strict=True))
        connection = database.connection()
        known = _known(connection, told)
        if new := {digest: told[digest] for digest in told if digest not in known}:
            known |= _kept(database, new)
        if others := [digest for digest in told if digest not in known]:
            # Somebody else kept them meanwhile.
            known |= _known(connection, others)
        return [known[digest] for digest in digests]

    def _digest(self, form: pricing.BillForm) -> str:
        _, digest = self._digests.get(id(form), (form, ""))
        if not digest:
            if len(self._digests) == _DIGESTS_KEPT:
                self._digests.clear()
            digest = hashlib.sha256(form_text(form).encode()).hexdigest()
            self._digests[id(form)] = form, digest
        return digest


def _known(connection: Connection, digests: Iterable[str]) -> dict[str, int]:
    rows = connection.execute(_KNOWN, {"digests": list(digests)})
    return {row.digest: row.id for row in rows}


def _kept(database: Database, told: Mapping[str, RatedAlike]) -> dict[str, int]:
    try:
        with database.beforehand() as short:
            return _added(short, told)
    except OperationalError as error:
        if not isinstance(error.orig, LockNotAvailable):
            raise
    # A dry run has them. By the open transaction Postgres sees who waits for whom.
    return _added(database.connection(), told)


def _added(connection: Connection, told: Mapping[str, RatedAlike]) -> dict[str, int]:
    forms = {digest: each.program.form for digest, each in told.items()}
    given = {
        "digests": list(forms),
        "bodies": _BETWEEN.join(map(form_text, forms.values())),
        "between": _BETWEEN,
        "starts": [form.period.start for form in forms.values()],
        "untils": [form.period.until for form in forms.values()],
    }
    added = {row.digest: row.id for row in connection.execute(_ADD, given)}
    lines = _BETWEEN.join(_lines(told[digest]) for digest in added)
    ids = list(added.values())
    connection.execute(_ADD_LINES, {"forms": ids, "lines": lines, "between": _BETWEEN})
    return added


def _lines(rated: RatedAlike) -> str:
    form = rated.program.form
    lines = [template_of(line) for line in form.lines]
    lines += [rounding_template_of(form, each) for each in rated.kernel.roundings]
    return json.dumps(lines)
