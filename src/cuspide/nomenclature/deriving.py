"""Make the dental tables in `data/` from official CNAM exports of the CCAM. Run by a developer, not by a practice.

    python -m cuspide.nomenclature.deriving FOLDER EXPORT.csv [EXPORT.csv …]

The dental part is: all acts whose code begins with HB, all whose group belongs to dentists, and whatever the table
already holds (acts of the mouth that dentists share with physicians, complementary acts, supplements). Tariffs of
editions that are not given are kept as they are in the table.
"""

import csv
import datetime as dt
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cuspide.formats.ccam import CcamAct, CcamEdition, read_export
from cuspide.formats.pricing import basket_of

DENTAL_GROUPS = frozenset(
    [
        *("AXI", "SDE", "END", "TDS", "AID", "DEN", "IMP", "CM0", "CZ0", "CZ1", "PF0", "PF1", "PFC", "PFM", "CT0"),
        *("CT1", "PDT", "IC0", "IC1", "ICO", "IN1", "INO", "BR1", "PA0", "PA1", "PAM", "PAR", "PT0", "RA0", "RF0"),
        *("RS0", "RE1", "RPN", "SU0", "SU1"),
    ]
)

ACT_COLUMNS = [
    *("code", "label", "activity", "phase", "covered", "conditional", "prior_agreement", "exo_tm", "regroupement"),
    *("basket", "modifiers", "complementary", "chapter", "chapter_label", "introduced_on", "withdrawn_on"),
]
TARIFF_COLUMNS = ["code", "valid_from", "valid_to", "amount", "amount_other", "regroupement", "edition"]

Row = dict[str, str]


@dataclass(frozen=True)
class Tables:
    acts: list[Row]
    tariffs: list[Row]


def is_dental(act: CcamAct, known: frozenset[str]) -> bool:
    """Whether an act belongs in the table of a dental practice."""
    if act.main is None:
        return False
    return act.code in known or act.code.startswith("HB") or act.main.regroupement in DENTAL_GROUPS


def derive(editions: Iterable[CcamEdition], before: Tables) -> Tables:
    """The dental tables after these editions, `before` being the tables as they stand."""
    ordered = sorted(editions, key=lambda edition: edition.in_force)
    given = {str(edition.version) for edition in ordered}
    acts = {row["code"]: dict(row) for row in before.acts}
    kept = [row for row in before.tariffs if row["edition"] not in given]
    priced: dict[str, list[Row]] = {}
    for row in kept:
        priced.setdefault(row["code"], []).append(dict(row))
    earliest = min((row["valid_from"] for row in kept), default="")
    for edition in ordered:
        _take_in(edition, acts, priced, is_first=not earliest or edition.in_force.isoformat() <= earliest)
        earliest = earliest or edition.in_force.isoformat()
    tariffs = [row for code in sorted(priced) for row in _periods(priced[code], acts[code])]
    return Tables([acts[code] for code in sorted(acts)], tariffs)


def _take_in(edition: CcamEdition, acts: dict[str, Row], priced: dict[str, list[Row]], *, is_first: bool) -> None:
    known = frozenset(acts)
    day = edition.in_force.isoformat()
    dental = {act.code: act for act in edition.acts if is_dental(act, known)}
    for code, act in dental.items():
        main = act.main
        if main is None:
            continue
        introduced = acts[code]["introduced_on"] if code in acts else ("" if is_first else day)
        acts[code] = _act_row(act, introduced)
        if main.tariff is not None:
            other = "" if main.tariff_other in (None, main.tariff) else str(main.tariff_other)
            values = (code, day, "", str(main.tariff), other, main.regroupement, str(edition.version))
            priced.setdefault(code, []).append(dict(zip(TARIFF_COLUMNS, values, strict=True)))
        elif priced.get(code):
            priced[code][-1]["valid_to"] = priced[code][-1]["valid_to"] or _day_before(day)
    for code, row in acts.items():
        if code not in dental and not row["withdrawn_on"]:
            row["withdrawn_on"] = day


def _act_row(act: CcamAct, introduced_on: str) -> Row:
    main = act.main
    if main is None:
        raise ValueError(f"{act.code} has no main activity")
    values = (
        act.code,
        act.label,
        main.activity,
        main.phase,
        "1" if main.covered else "0",
        "1" if main.conditional else "0",
        "1" if main.prior_agreement else "0",
        main.exo_tm,
        main.regroupement,
        basket_of(main.regroupement).value,
        " ".join(act.modifiers),
        " ".join(sorted(act.complementary)),
        act.chapter,
        act.chapter_label,
        introduced_on,
        "",
    )
    return dict(zip(ACT_COLUMNS, values, strict=True))


def _periods(rows: list[Row], act: Row) -> list[Row]:
    """Consecutive editions with the same price become one period; each ends the day before the next begins."""
    merged: list[Row] = []
    for row in sorted(rows, key=lambda each: each["valid_from"]):
        last = merged[-1] if merged else None
        if last is not None and not _is_gap(last, row):
            if all(last[name] == row[name] for name in ("amount", "amount_other", "regroupement")):
                last["valid_to"] = row["valid_to"]
                continue
            last["valid_to"] = _day_before(row["valid_from"])
        merged.append(dict(row))
    if merged and act["withdrawn_on"] and not merged[-1]["valid_to"]:
        merged[-1]["valid_to"] = _day_before(act["withdrawn_on"])
    return merged


def _is_gap(last: Row, row: Row) -> bool:
    return bool(last["valid_to"]) and last["valid_to"] < _day_before(row["valid_from"])


def _day_before(day: str) -> str:
    return (dt.date.fromisoformat(day) - dt.timedelta(days=1)).isoformat()


def read_tables(folder: Path) -> Tables:
    return Tables(_read(folder / "acts.csv"), _read(folder / "tariffs.csv"))


def write_tables(folder: Path, tables: Tables) -> None:
    _write(folder / "acts.csv", ACT_COLUMNS, tables.acts)
    _write(folder / "tariffs.csv", TARIFF_COLUMNS, tables.tariffs)


def _read(path: Path) -> list[Row]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _write(path: Path, columns: Sequence[str], rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main(arguments: Sequence[str]) -> int:
    folder, *exports = (Path(each) for each in arguments)
    editions = [read_export(path.read_bytes()) for path in exports]
    tables = derive(editions, read_tables(folder))
    write_tables(folder, tables)
    sys.stdout.write(f"{len(tables.acts)} acts, {len(tables.tariffs)} tariffs\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
