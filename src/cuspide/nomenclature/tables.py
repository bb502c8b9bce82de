"""The tables of `data/`, read as rows of text. See `data/README.md` for what they are and where they come from."""

import csv
import datetime as dt
from decimal import Decimal
from functools import cache
from pathlib import Path

from cuspide.nomenclature.deriving import Row
from cuspide.nomenclature.rules import Proposal, TeethCondition

FOLDER = Path(__file__).resolve().parent / "data"


def read(name: str) -> list[Row]:
    """The rows of one table, by its name without extension."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def first_day(text: str) -> dt.date:
    """The day from which a row holds; every row has one."""
    return dt.date.fromisoformat(text)


def day(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def amount(text: str) -> Decimal | None:
    return Decimal(text) if text else None


@cache
def proposals() -> tuple[Proposal, ...]:
    """The lines of `chart_proposals.csv`, likeliest first within a kind and tooth."""
    lines = [
        Proposal(
            row["kind"],
            TeethCondition.parse(row["teeth"]),
            int(row["surfaces_from"]),
            int(row["surfaces_to"]),
            row["pulp"],
            int(row["rank"]),
            row["code"],
        )
        for row in read("chart_proposals")
    ]
    return tuple(sorted(lines, key=lambda line: line.rank))
