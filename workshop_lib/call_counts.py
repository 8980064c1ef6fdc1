"""How often the attendee has called which operation of AWS, kept on her own disk over all kernels.

Counts only: no parameter, no answer, no name. What DynamoDB said a call consumed is summed up too.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from workshop_lib.errors import WorkshopError

FILE_NAME = "calls.sqlite"
BUSY_SECONDS = 10

# Counts of one kind are one row, so that several kernels can add to it at the same time.
SCHEMA = """
CREATE TABLE IF NOT EXISTS calls (
    account TEXT, service TEXT, operation TEXT,
    calls INTEGER NOT NULL, reporting INTEGER NOT NULL, units REAL NOT NULL,
    PRIMARY KEY (account, service, operation)
)
"""
ADD = """
INSERT INTO calls VALUES (:account, :service, :operation, :calls, :reporting, :units)
ON CONFLICT DO UPDATE SET
    calls = calls + excluded.calls,
    reporting = reporting + excluded.reporting,
    units = units + excluded.units
"""


@dataclass(frozen=True)
class CallCount:
    """How often an operation was called.

    Args:
        service: boto3's name.
        operation: such as ``PutObject``.
        calls: how often.
        reporting: how many of the answers told the capacity that was consumed.
        units: the sum of what those told.
    """

    service: str
    operation: str
    calls: int
    reporting: int = 0
    units: float = 0.0


class CallCounts:
    """The counts of one attendee on one cloud.

    Args:
        home: where the workshop keeps its state.
        account: what tells this attendee on this cloud from others, such as ``local/anna``.
    """

    def __init__(self, home: Path, account: str) -> None:
        self.file = home / FILE_NAME
        self._account = account

    @classmethod
    def of_attendee(cls, home: Path, target: str, attendee: str) -> CallCounts:
        """Return the counts of this attendee on the local cloud or on AWS."""
        return cls(home, f"{target}/{attendee}")

    def add(self, counts: Iterable[CallCount]) -> None:
        """Add to the counts.

        Raises:
            WorkshopError: the file cannot be written.
        """
        rows = [{"account": self._account, **vars(count)} for count in counts]
        with self._open() as database, database:
            database.executemany(ADD, rows)

    def read(self) -> list[CallCount]:
        """Return the counts, by service and operation; none where nothing was counted.

        Raises:
            WorkshopError: the file cannot be read.
        """
        if not self.file.exists():
            return []
        columns = "service, operation, calls, reporting, units"
        query = f"SELECT {columns} FROM calls WHERE account = ? ORDER BY 1, 2"  # noqa: S608
        with self._open() as database:
            return [CallCount(*row) for row in database.execute(query, (self._account,))]

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self.file, timeout=BUSY_SECONDS)) as database:
                database.execute(SCHEMA)
                yield database
        except (sqlite3.Error, OSError) as error:
            raise WorkshopError(
                f"The counts of your calls cannot be kept in {self.file}: {error}",
                "Make room on the disk; if the file is damaged, remove it: only counts are lost.",
            ) from error
