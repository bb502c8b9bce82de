"""A file of people as a table: a header, and one row a person, whatever the file's own form was."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cuspide.formats.errors import FormatError


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a file. `line` is where it begins, from 1.

    `fault` says why it cannot be read; `cells` are then empty. `encoding` is said when it is not the file's.
    """

    line: int
    cells: tuple[str, ...]
    encoding: str = ""
    fault: FormatError | None = None


@dataclass(frozen=True)
class Table:
    """The columns of a file by name, each name once, and its rows, read as they are asked for, once."""

    header: tuple[str, ...]
    rows: Iterator[Row]

    def values(self, row: Row) -> Mapping[str, str]:
        """The row by column."""
        return dict(zip(self.header, row.cells, strict=False))


def named_once(names: list[str]) -> tuple[str, ...]:
    """Names of columns, each once: a second `Tel` is `Tel (2)`, one without a name is called by its place."""
    seen: dict[str, int] = {}
    found = []
    for place, name in enumerate(names, start=1):
        name = " ".join(name.split())[:100] or f"#{place}"
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(found)
