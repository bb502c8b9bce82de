"""All patients as CSV or FHIR, from which the program itself reads them back."""

import csv
import datetime as dt
import io
import json
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from cuspide.audit import trail
from cuspide.audit.export import BOM, cell
from cuspide.core.actor import Actor
from cuspide.formats import fhir_coverages, fhir_patients
from cuspide.patients.models import Address, AmcCoverage, AmoCoverage, ContactPoint, Patient
from cuspide.patients.rules.contacts import ADDRESS_FIELDS
from cuspide.portability import permissions
from cuspide.portability.rules import guessing
from cuspide.portability.rules.fields import FIELDS

_AT_ONCE = 500
COLUMNS = (
    "birth_name", "used_name", "given_name", "used_given_name", "birth_given_names", "civility", "sex", "birth_date",
    "birth_place", "birth_place_code", "nir", "mobile", "home_phone", "work_phone", "other_phone", "other_whose",
    "email", "line1", "line2", "postcode", "city", "country", "regime", "caisse", "centre", "insured_nir", "rights_to",
    "organisation", "organisation_number", "member_number", "deceased_on", "note",
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
    """The same as one FHIR R4 Bundle of Patients and Coverages, drawn patient after patient. Raises Forbidden."""
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
            resource = fhir_patients.resource(named, str(patient.uuid), patient.ins_oid)
            url = f"urn:uuid:{patient.uuid}"
            said.append(json.dumps({"fullUrl": url, "resource": resource}, ensure_ascii=False))
            for cover in fhir_coverages.resources(named, url):
                said.append(json.dumps({"resource": cover}, ensure_ascii=False))
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
    amo = {row.patient_id: row for row in AmoCoverage.objects.filter(_OPEN, patient__in=keys)}
    amc = {row.patient_id: row for row in AmcCoverage.objects.filter(_OPEN, patient__in=keys)}
    for patient in batch:
        told = dict.fromkeys(COLUMNS, "")
        told |= {name: getattr(patient, name) for name in COLUMNS if hasattr(patient, name)}
        told["given_name"] = patient.first_birth_given_name
        for name, point in points.get(patient.pk, {}).items():
            told[name] = point.value
            if name == "other_phone":
                told["other_whose"] = point.whose
        for row, names in (
            (homes.get(patient.pk), ADDRESS_FIELDS),
            (amo.get(patient.pk), ("regime", "caisse", "centre", "insured_nir", "rights_to")),
            (amc.get(patient.pk), ("organisation", "organisation_number", "member_number")),
        ):
            if row is not None:
                told |= {name: getattr(row, name) for name in names}
        if told["insured_nir"] == patient.nir:
            told["insured_nir"] = ""  # she is insured herself
        yield [str(patient.number), *(_text(told[name]) for name in COLUMNS)]


_OPEN = Q(applies_to__isnull=True, voided_at__isnull=True)


def _text(value: Any) -> str:
    return "" if value is None else value.isoformat() if isinstance(value, dt.date) else str(value)


def _line(cells: Sequence[str]) -> str:
    written = io.StringIO()
    csv.writer(written, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(map(cell, cells))
    return written.getvalue()
