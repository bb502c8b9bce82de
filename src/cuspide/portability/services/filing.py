"""Take a file in: keep it, guess what its columns mean, and let somebody correct that."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from cuspide.audit import trail
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.db import locks
from cuspide.core.errors import DomainError
from cuspide.formats.delimited import SAMPLE
from cuspide.formats.errors import FormatError
from cuspide.portability import permissions, places, sources
from cuspide.portability.models import Import, ImportPart, ImportRow, Outcome, SavedMapping, State
from cuspide.portability.rules import fields, guessing
from cuspide.practice.models import Site

LARGEST = 1024 * 1024 * 1024
"""Bytes. A practice's list of patients is a thousandth of it."""
_LOOKED_AT = 200

_UNREADABLE = {
    "csv.empty": _("The file is empty."),
    "xlsx.form": _("This workbook cannot be read: it is damaged, or not an XLSX. Save it anew, or as CSV."),
    "xlsx.large": _("This workbook is too large (more than %(most)s MB): save the sheet as CSV."),
    "vcard.none": _("The file holds no card of an address book."),
    "fhir.none": _("The file holds no patient (FHIR Patient, Bundle or NDJSON)."),
    "fhir.json": _("The file is not whole: it is no JSON."),
    "fhir.large": _("This Bundle is too large (more than %(most)s MB): export one patient a line (NDJSON)."),
    "sql.none": _("The dump holds no patient of Open Dental."),
    "sql.cut": _("The dump was cut before its first patient."),
    "csv.columns": _("The first line has more than 300 columns: this is not a list of patients."),
}


def take_in(actor: Actor, name: str, chunks: Iterable[bytes], *, source: str = "") -> Import:
    """Keep a file and guess its mapping: the remembered one of its header, else from words and values.

    Raises Forbidden; DomainError for a file that cannot be read.
    """
    actor.require_everywhere(permissions.IMPORT)
    measure = _Measure(chunks)
    with transaction.atomic():
        made = Import.objects.create(
            user_id=actor.user_id,
            user_label=trail.label(actor.label, 150),
            language=translation.get_language() or "fr",
            file_name=trail.label(name, 200) or "?",
            sha256="",
            kind="csv",
            source=source.strip()[:60],
        )
        sources.keep(made, measure)
        made.sha256, made.size = measure.digest.hexdigest(), measure.size
        look(made)
        made.save()
        trace_taken_in(actor, made)
    return made


def trace_taken_in(actor: Actor, made: Import) -> None:
    detail = {"sha256": made.sha256, "size": made.size, "kind": made.kind}
    trail.record(actor, "portability.take_in", subject=made, detail=detail)


class _Measure:
    """Passes a file on and knows its size and digest afterwards."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = chunks
        self.digest = hashlib.sha256()
        self.size = 0

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            self.size += len(chunk)
            if self.size > LARGEST:
                raise DomainError(_("This file is larger than 1 GB: this is not a list of patients."))
            self.digest.update(chunk)
            yield chunk


def look(made: Import) -> None:
    """Find out how the file is written and what its columns mean."""
    sample = b"".join(islice(sources.content(made), -(-SAMPLE // sources.PART)))
    made.kind = sources.kind_of(sample)
    made.dialect = sources.detect(sample[:SAMPLE]) if made.kind == "csv" else {}
    try:
        table = sources.table(made)
        if made.kind == "csv" and not made.dialect["has_header"] and guessing.has_header_words(_first_cells(made)):
            made.dialect = {**made.dialect, "has_header": True}
            table = sources.table(made)
        rows = [row.cells for row in islice(table.rows, _LOOKED_AT) if row.fault is None]
    except FormatError as error:
        sentence = _UNREADABLE.get(error.code, _("This file cannot be read as a list of patients."))
        raise DomainError(sentence, error.params) from error
    made.header = list(table.header)
    if made.kind == "opendental":
        made.source = made.source or "Open Dental"
    known = SavedMapping.objects.filter(fingerprint=guessing.fingerprint(made.header)).first()
    if known is not None:
        made.mapping = guessing.from_saved(known.mapping, made.header)
        made.source = made.source or known.source
    else:
        made.mapping = guessing.guess(made.header, rows, guessing.FIXED.get(made.kind, {}))
    if named := sources.places_in(made):
        made.dialect = {**made.dialect, "places": named}
        made.places = places.guessed(made)


def _first_cells(made: Import) -> tuple[str, ...]:
    first = next(iter(sources.table(made).rows), None)
    return first.cells if first is not None else ()


def set_mapping(
    actor: Actor,
    of: Import,
    mapping: Mapping[str, str],
    *,
    source: str | None = None,
    site: Site | None = None,
    given_places: places.Places | None = None,
) -> Import:
    """Say what the columns mean, and its chairs, providers and types; both are remembered for the next file, the first
    by its header, the others by the program. Forgets a rehearsal.

    Raises Forbidden, DomainError for a mapping by which nobody could be created or once the import runs.
    """
    actor.require_everywhere(permissions.IMPORT)
    with transaction.atomic():
        held = locked(of, State.MAPPING, State.REHEARSED)
        held.mapping = guessing.kept(mapping, held.header)
        if twice := fields.doubled(held.mapping):
            labels = ", ".join(str(fields.FIELDS[name]) for name in twice)
            raise DomainError(_("Two columns cannot both be: %(fields)s."), {"fields": labels})
        require_whole(held)
        if source is not None:
            held.source = source.strip()[:60]
        held.site_id = site.pk if site is not None else held.site_id
        if given_places is not None:
            held.places = places.kept(held, given_places)
            places.remember(held)
        forget_rehearsal(held)
        held.save()
        SavedMapping.objects.update_or_create(
            fingerprint=guessing.fingerprint(held.header),
            defaults={
                "mapping": guessing.as_saved(held.mapping, held.header),
                "source": held.source,
                "saved_at": clock.now(),
            },
        )
        trail.record(actor, "portability.set_mapping", subject=held, detail={"columns": len(held.mapping)})
    return held


def require_whole(of: Import) -> None:
    """Raise DomainError unless the mapping says who somebody is and when she was born."""
    lacks = fields.missing(of.mapping)
    if "name" in lacks:
        raise DomainError(_("Say which column holds the family name."))
    if "birth_date" in lacks:
        raise DomainError(_("Say which column holds the birth date."))


def forget_rehearsal(of: Import) -> None:
    """Back to the mapping: nothing of a rehearsal stays."""
    ImportRow.objects.filter(of=of).delete()
    of.state, of.reached, of.counts = State.MAPPING, 0, {}


def discard(actor: Actor, of: Import) -> None:
    """Forget a file that was not brought in, with its rehearsal. Raises Forbidden, DomainError."""
    actor.require_everywhere(permissions.IMPORT)
    with transaction.atomic():
        held = locked(of, State.ARRIVING, State.MAPPING, State.REHEARSED)
        trail.record(actor, "portability.discard", subject=held)
        ImportRow.objects.filter(of=held).delete()
        held.delete()


def forget_left(before: dt.datetime) -> int:
    """Forget files that were taken in before an instant and neither imported nor discarded; how many.

    Of imports that ended a year before it, no name of a refused line is kept.
    """
    long_ago = before - dt.timedelta(days=365)
    ImportRow.objects.filter(of__ended_at__lt=long_ago).exclude(shown="").update(shown="")
    left = Import.objects.filter(state__in=[State.ARRIVING, State.MAPPING, State.REHEARSED], created_at__lt=before)
    found = list(left.order_by("pk")[:100])
    for of in found:
        discard(Actor.system("retention"), of)
    return len(found)


def locked(of: Import, *states: State) -> Import:
    """The import as it is now, locked, in one of these states; DomainError in another."""
    held: Import | None = locks.held(Import.objects).filter(pk=of.pk).first()
    if held is None or held.state not in states:
        raise DomainError(_("This import is no longer where it was: look at it again."))
    return held


def forget_file(of: Import) -> None:
    """The file is no longer needed."""
    ImportPart.objects.filter(of=of).delete()


def described(of: Import) -> dict[str, Any]:
    """What the trace keeps of an import: counts, no name."""
    tables = of.counts.get("tables", {})
    made = {_SAID_AS[table]: counts.get(Outcome.CREATED, 0) for table, counts in tables.items()}
    return {"rows": of.rows_total, **{key: value for key, value in of.counts.items() if key != "tables"}, **made}


_SAID_AS = {"appointment": "appointments", "procedurelog": "earlier_acts", "recall": "recalls"}
