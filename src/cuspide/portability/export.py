"""All patients as CSV or FHIR, from which the program itself reads them back."""

import csv
import io
import json
from collections.abc import Iterator, Sequence

from django.utils import translation
from django.utils.translation import gettext as _

from cuspide.audit import trail
from cuspide.audit.export import BOM, cell
from cuspide.core.actor import Actor
from cuspide.formats import fhir_patients
from cuspide.patients.models import Address, ContactPoint, Patient
from cuspide.portability import permissions
from cuspide.portability.rules import guessing
from cuspide.portability.rules.fields import FIELDS

_AT_ONCE = 500
COLUMNS = (
    "birth_name", "used_name", "given_name", "used_given_name", "birth_given_names", "civility", "sex", "birth_date",
    "birth_place", "birth_place_code", "nir", "mobile", "home_phone", "work_phone", "other_phone", "other_whose",
    "email", "line1", "line2", "postcode", "city", "country", "deceased_on", "note",
)  # fmt: skip
_PLACES = {"mobile": "mobile", "home": "home_phone", "work": "work_phone", "other": "other_phone"}


def patients_csv(actor: Actor) -> Iterator[str]:
    """Lines as French spreadsheets read them, in the language of whoever asked: semicolons, a byte order mark, no cell
    that would be reckoned. Merged records are not in it: they are the one they were merged into.

    Raises Forbidden. Who took them out is traced before the first line.
    """
    _require(actor, "csv")
    return _csv(translation.get_language() or "fr")


def patients_fhir(actor: Actor) -> Iterator[str]:
    """The same as one FHIR R4 Bundle of Patients, drawn patient after patient. Raises Forbidden."""
    _require(actor, "fhir")
    return _bundle()


def _require(actor: Actor, form: str) -> None:
    actor.require_everywhere(permissions.EXPORT)
    trail.reading(actor, "portability.export", detail={"format": form, "patients": Patient.objects.count()})


def _batches() -> Iterator[list[Patient]]:
    last = 0
    while batch := list(Patient.objects.filter(pk__gt=last, merged_into__isnull=True).order_by("pk")[:_AT_ONCE]):
        last = batch[-1].pk
        yield batch


def _bundle() -> Iterator[str]:
    yield '{"resourceType": "Bundle", "type": "collection", "entry": ['
    comma = ""
    for batch in _batches():
        said = []
        for patient, cells in zip(batch, _rows(batch), strict=True):
            by_field = dict(zip(("source_number", *COLUMNS), cells, strict=True))
            # What FHIR calls each field is what the reader takes for it.
            named = {column: by_field[field] for column, field in guessing.FIXED["fhir"].items() if field in by_field}
            resource = fhir_patients.resource(named, str(patient.uuid))
            said.append(json.dumps({"fullUrl": f"urn:uuid:{patient.uuid}", "resource": resource}, ensure_ascii=False))
        yield comma + ",\n".join(said)
        comma = ",\n"
    yield "]}\n"


def _csv(language: str) -> Iterator[str]:
    with translation.override(language):
        head = [_("Record number"), *(str(FIELDS[name]) for name in COLUMNS)]
    yield BOM + _line(head)
    for batch in _batches():
        yield "".join(map(_line, _rows(batch)))


def _rows(batch: Sequence[Patient]) -> Iterator[list[str]]:
    keys = [patient.pk for patient in batch]
    points: dict[int, dict[str, ContactPoint]] = {}
    current = ContactPoint.objects.filter(patient__in=keys, ended_at__isnull=True, position=0)
    for point in current:
        name = "email" if point.kind == "email" else _PLACES[point.use]
        points.setdefault(point.patient_id, {})[name] = point
    homes = {
        home.patient_id: home for home in Address.objects.filter(patient__in=keys, use="home", ended_at__isnull=True)
    }
    for patient in batch:
        yield [str(patient.number), *_cells(patient, points.get(patient.pk, {}), homes.get(patient.pk))]


def _cells(patient: Patient, points: dict[str, ContactPoint], home: Address | None) -> Iterator[str]:
    for name in COLUMNS:
        if name in points:
            yield points[name].value
        elif name == "other_whose":
            yield points["other_phone"].whose if "other_phone" in points else ""
        elif name in {"line1", "line2", "postcode", "city", "country"}:
            yield getattr(home, name) if home is not None else ""
        elif name == "given_name":
            yield patient.first_birth_given_name
        elif name == "deceased_on":
            yield patient.deceased_on.isoformat() if patient.deceased_on else ""
        else:
            yield getattr(patient, name, "")


def _line(cells: Sequence[str]) -> str:
    written = io.StringIO()
    csv.writer(written, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(map(cell, cells))
    return written.getvalue()
