"""What the templates of the agenda may use."""

from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from cuspide.agenda.selectors.board import Column, Entry

COLUMNS_KEPT = 256
"""Some two weeks of nine chairs as two viewers see them: less than 3 MB."""


def column_body(column: Column) -> SafeString:
    """What stands in a column. Every workstation draws the board again when somebody books, and most columns are then
    as they were: what depends on nothing but its entries is drawn once."""
    return _drawn(get_language(), tuple(column.closed), tuple(column.entries))


@lru_cache(maxsize=COLUMNS_KEPT)
def _drawn(_language: str | None, closed: tuple[str, ...], entries: tuple[Entry, ...]) -> SafeString:
    return render_to_string("agenda/parts/entries.html", {"closed": closed, "entries": entries})


FUNCTIONS = {"column_body": column_body}
