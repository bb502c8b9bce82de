"""Numbers without gaps, one series for each legal entity and year."""

from cuspide.billing.models import Counter
from cuspide.core.db import locks
from cuspide.practice.models import LegalEntity


def next_number(counter: type[Counter], entity: LegalEntity, year: int) -> int:
    """The next number of the series. Call it inside the transaction, after every other lock is held: the row stays
    locked until the end, so whoever comes next waits for the commit, and a rollback gives the number back.

    On PostgreSQL the row is locked; on SQLite a writing transaction is alone from its beginning (IMMEDIATE).
    """
    rows = counter._default_manager
    row, _new = rows.get_or_create(entity=entity, year=year)
    row = locks.held(rows).get(pk=row.pk)
    row.last += 1
    row.save(update_fields=["last"])
    return int(row.last)
