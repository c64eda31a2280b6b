"""Bill runs and their chunks as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Row, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError

from energyretail.adapters.postgres.clashes import clash_of
from energyretail.adapters.postgres.database import Database
from energyretail.domain.operations import (
    BillChunk,
    BillRun,
    BillRunState,
    ChunkResult,
    ChunkState,
    RunProgress,
    SupplyRange,
)
from energyretail.domain.shared import NotFound

__all__ = [
    "SELECT_CHUNK",
    "SELECT_PROGRESS",
    "PostgresBillRuns",
    "chunk_of",
    "progress_of",
    "run_of",
    "unknown_run",
]

SELECT_CHUNK: Final = "SELECT * FROM bill_chunk"

# The reasons are few: summed apart, beside the one row of counts.
_COUNTED: Final = """
        (SELECT coalesce(jsonb_object_agg(code, total), '{{{{}}}}') FROM (
            SELECT counted.key AS code, sum(CAST(value AS bigint)) AS total
            FROM bill_chunk AS reasoned CROSS JOIN LATERAL jsonb_each_text({column}) AS counted
            WHERE {{reasoned}} GROUP BY counted.key) AS reasons) AS {column}"""
SELECT_PROGRESS: Final = f"""
    SELECT count(*) FILTER (WHERE state = 'waiting') AS waiting,
        count(*) FILTER (WHERE state = 'under_way') AS under_way,
        count(*) FILTER (WHERE state = 'done') AS done,
        count(*) FILTER (WHERE state = 'failed') AS failed,
        coalesce(sum(due), 0)::bigint AS due,
        coalesce(sum(due) FILTER (WHERE state = 'done'), 0)::bigint AS due_done,
        coalesce(sum(issued), 0)::bigint AS issued,
        coalesce(sum(held), 0)::bigint AS held,
        coalesce(sum(parked), 0)::bigint AS parked,
        coalesce(sum(took_ms), 0)::bigint AS took_ms,
        {_COUNTED.format(column="why")},
        {_COUNTED.format(column="one_by_one")}
    FROM bill_chunk WHERE {{chunks}}
"""

_ADD_RUN = text("""
    INSERT INTO bill_run (number, as_of, started_by, dry_run, chunk_size, state)
    VALUES (:number, :as_of, :started_by, :dry_run, :chunk_size, :state)
""")

_ADD_CHUNKS = text("""
    INSERT INTO bill_chunk (run, number, after_key, until_key, due, state, code)
    SELECT :run, * FROM unnest(CAST(:numbers AS integer[]), CAST(:afters AS text[]),
        CAST(:untils AS text[]), CAST(:dues AS integer[]), CAST(:states AS text[]),
        CAST(:codes AS text[]))
""")

_KEEP_CHUNK = text("""
    UPDATE bill_chunk SET state = :state, issued = :issued, held = :held, parked = :parked,
        why = :why, one_by_one = :one_by_one, took_ms = :took_ms, code = :code
    WHERE (run, number) = (:run, :number)
""").bindparams(
    bindparam("why", type_=JSONB(none_as_null=True)),
    bindparam("one_by_one", type_=JSONB(none_as_null=True)),
)

_PROGRESS = text(SELECT_PROGRESS.format(chunks="run = :run", reasoned="run = :run"))

_CLASHES: Final = {
    "bill_run_one_a_day": (
        "operations.bill_run.under_way",
        "the day has a run that is neither done nor aborted: resume or abort it",
    ),
}


class PostgresBillRuns:
    """Implements the BillRuns port: what is taken is a row locked."""

    def __init__(self, database: Database):
        self._database = database

    def add(self, run: BillRun, chunks: Sequence[BillChunk]) -> None:
        """Keep a new run with its chunks."""
        connection = self._database.connection()
        given = {
            "number": run.number,
            "as_of": run.as_of,
            "started_by": run.started_by,
            "dry_run": run.dry_run,
            "chunk_size": run.chunk_size,
            "state": run.state.value,
        }
        try:
            connection.execute(_ADD_RUN, given)
        except IntegrityError as error:
            raise clash_of(error, _CLASHES) from error
        columns = {
            "run": run.number,
            "numbers": [chunk.number for chunk in chunks],
            "afters": [chunk.keys.after for chunk in chunks],
            "untils": [chunk.keys.until for chunk in chunks],
            "dues": [chunk.due for chunk in chunks],
            "states": [chunk.state.value for chunk in chunks],
            "codes": [chunk.code for chunk in chunks],
        }
        connection.execute(_ADD_CHUNKS, columns)

    def take(self, number: int) -> BillRun:
        """Lock a run."""
        sql = "SELECT * FROM bill_run WHERE number = :number FOR UPDATE"
        row = self._database.connection().execute(text(sql), {"number": number}).one_or_none()
        if row is None:
            raise unknown_run(number)
        return run_of(row)

    def take_chunk(self, number: int, chunk: int) -> BillChunk:
        """Lock a chunk."""
        sql = f"{SELECT_CHUNK} WHERE (run, number) = (:run, :number) FOR UPDATE"
        given = {"run": number, "number": chunk}
        row = self._database.connection().execute(text(sql), given).one_or_none()
        if row is None:
            raise NotFound(
                "operations.bill_chunk.unknown", "no such chunk", run=number, chunk=chunk
            )
        return chunk_of(row)

    def take_unfinished(self, number: int) -> tuple[BillChunk, ...]:
        """Lock the chunks not done."""
        sql = f"{SELECT_CHUNK} WHERE run = :run AND state <> 'done' ORDER BY number FOR UPDATE"
        rows = self._database.connection().execute(text(sql), {"run": number})
        return tuple(map(chunk_of, rows))

    def keep(self, run: BillRun) -> None:
        """Keep the state of a run; nothing else of it changes."""
        self._database.connection().execute(
            text("UPDATE bill_run SET state = :state WHERE number = :number AND state <> :state"),
            {"number": run.number, "state": run.state.value},
        )

    def keep_chunks(self, number: int, chunks: Sequence[BillChunk]) -> None:
        """Keep chunks as they are now."""
        if chunks:
            rows = [_row(number, chunk) for chunk in chunks]
            self._database.connection().execute(_KEEP_CHUNK, rows)

    def progress(self, number: int) -> RunProgress:
        """Return how far a run is."""
        return progress_of(self._database.connection().execute(_PROGRESS, {"run": number}).one())


def _row(run: int, chunk: BillChunk) -> dict[str, Any]:
    result = chunk.result
    return {
        "run": run,
        "number": chunk.number,
        "state": chunk.state.value,
        "issued": result and result.issued,
        "held": result and result.held,
        "parked": result and result.parked,
        "why": None if result is None else dict(result.why),
        "one_by_one": None if result is None else dict(result.one_by_one),
        "took_ms": result and result.took_ms,
        "code": chunk.code,
    }


def run_of(row: Row[Any]) -> BillRun:
    """Return the run of a row."""
    return BillRun(
        number=row.number,
        as_of=row.as_of,
        started_by=row.started_by,
        dry_run=row.dry_run,
        chunk_size=row.chunk_size,
        state=BillRunState(row.state),
    )


def chunk_of(row: Row[Any]) -> BillChunk:
    """Return the chunk of a row."""
    state = ChunkState(row.state)
    return BillChunk(
        number=row.number,
        keys=SupplyRange(row.after_key, row.until_key),
        due=row.due,
        state=state,
        result=_result(row) if state is ChunkState.DONE else None,
        code=row.code,
    )


def progress_of(row: Row[Any]) -> RunProgress:
    """Return the progress of a row of the select above."""
    return RunProgress(
        waiting=row.waiting,
        under_way=row.under_way,
        done=row.done,
        failed=row.failed,
        due=row.due,
        due_done=row.due_done,
        result=_result(row),
    )


def unknown_run(number: int) -> NotFound:
    """Return what is raised for a number that no run has."""
    return NotFound("operations.bill_run.unknown", "no such bill run", run=number)


def _result(row: Row[Any]) -> ChunkResult:
    why, one_by_one = _counts(row.why), _counts(row.one_by_one)
    return ChunkResult(row.issued, row.held, row.parked, why, row.took_ms, one_by_one)


def _counts(told: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple((code, int(count)) for code, count in told.items())
