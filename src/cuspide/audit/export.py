"""The trace as a file: CSV in words for people, JSON Lines with sequence and chain for machines."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from cuspide.audit import chain, sealer, selectors
from cuspide.audit.models import Entry
from cuspide.core import clock
from cuspide.core.actor import Actor

# What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection), with the full-width forms it folds.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
BOM = "\ufeff"
CSV, JSONL = "csv", "jsonl"


def cell(value: object) -> str:
    """A cell that a spreadsheet shows and never reckons."""
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def as_csv(actor: Actor, asked: selectors.Filters) -> Iterator[str]:
    """Lines in the reader's words, in the language she has now though they are drawn later, with semicolons as French
    spreadsheets read them."""
    return _csv(actor, asked, translation.get_language() or "fr")


def _csv(actor: Actor, asked: selectors.Filters, language: str) -> Iterator[str]:
    with translation.override(language):
        head = [
            _("Number"),
            _("Day"),
            _("Hour"),
            _("Person"),
            _("In the role of"),
            _("Workstation"),
            _("Action"),
            _("On what"),
            _("Name"),
            _("Patient"),
        ]
    yield BOM + _row(head)
    for chunk in selectors.chunks(asked):
        with translation.override(language):
            rows = [_words(line) for line in selectors.lines(actor, chunk)]
        yield "".join(_row(row) for row in rows)


def _words(line: selectors.Line) -> list[object]:
    at = clock.local(line.at)
    return [
        line.sequence or "",
        at.date().isoformat(),
        at.strftime("%H:%M:%S"),
        line.person,
        line.roles,
        line.workstation,
        line.action,
        line.kind,
        line.name,
        line.patient_name or line.patient_uuid or "",
    ]


def _row(cells: list[Any]) -> str:
    written = io.StringIO()
    csv.writer(written, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(map(cell, cells))
    return written.getvalue()


def as_json_lines(asked: selectors.Filters) -> Iterator[str]:
    """One object a line: every column as the chain covers it, the link, and the detail where it is still kept. Whoever
    has the key can prove the chain again from it; nobody is named but who acted."""
    for chunk in selectors.chunks(asked):
        yield "".join(json.dumps(_columns(row), ensure_ascii=True) + "\n" for row in chunk)


def _columns(row: Entry) -> dict[str, Any]:
    said: dict[str, Any] = {"sequence": row.sequence, "chain": None if row.chain is None else bytes(row.chain).hex()}
    said |= sealer.columns(row)._asdict()
    payload = getattr(row, "payload", None)
    if payload is not None:
        said["salt"] = bytes(payload.salt).hex()
        said["detail"] = payload.body or None
        said["emptied_at"] = None if payload.emptied_at is None else chain.instant(payload.emptied_at)
    return said
