"""Workbooks, address books and FHIR come in like CSV, and FHIR goes out and in again unchanged."""

import datetime as dt
import json
from io import BytesIO
from typing import Any

import pytest
from django.urls import reverse
from openpyxl import Workbook

from cuspide.core.actor import Actor
from cuspide.core.errors import DomainError, Forbidden
from cuspide.patients.models import ContactPoint, Patient
from cuspide.portability import export
from cuspide.portability.models import Import
from tests.integration.portability.files import LEA, PAUL, bring_in, codes, csv, outcomes, rehearse, take, undo

pytestmark = pytest.mark.django_db

CARDS = b"""BEGIN:VCARD
VERSION:3.0
UID:c1
N:Martin;L\xc3\xa9a;;Mme;
BDAY:1984-03-07
TEL;TYPE=CELL:06 39 98 12 34
END:VCARD
BEGIN:VCARD
VERSION:3.0
N:Petit;Zo\xc3\xa9;;;
END:VCARD
BEGIN:VCARD
N:Cut;
"""


@pytest.fixture
def owner(practice: object, actors: Any) -> Actor:
    return actors.owner  # type: ignore[no-any-return]


def workbook() -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["N° dossier", "Nom", "Prénom", "Sexe", "Date de naissance", "N° SS", "Portable", "CP", "Ville"])
    sheet.append([12, "MARTIN", "Léa", "F", dt.datetime(1984, 3, 7), 284032636212355, 639981234, 1000, "BOURG"])
    sheet.append([13, "PETIT", "Zoé", "F", "hier"])
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def test_a_workbook(owner: Actor) -> None:
    done = bring_in(owner, workbook())
    assert (done.kind, outcomes(done)) == ("xlsx", [(2, "created"), (3, "refused")])
    lea = Patient.objects.get()
    assert (lea.birth_date, lea.nir) == ("1984-03-07", "284032636212355")
    assert ContactPoint.objects.get(patient=lea).normalised == "+33639981234"
    assert lea.addresses.get().postcode == "01000"
    assert [outcome for _line, outcome in outcomes(bring_in(owner, csv(LEA.replace("12;", "99;")), source="B"))] == [
        "completed"
    ]


def test_an_address_book(owner: Actor) -> None:
    done = bring_in(owner, CARDS)
    assert (done.kind, outcomes(done)) == ("vcard", [(1, "created"), (8, "refused"), (12, "refused")])
    assert codes(done, 12) == {"vcard.end"}
    lea = Patient.objects.get()
    assert (lea.display_name, lea.sex, lea.civility) == ("MARTIN Léa", "F", "mme")
    assert bring_in(owner, CARDS).counts["same"] == 1


def test_a_damaged_file_of_each_kind_is_refused_in_words(owner: Actor) -> None:
    for content in (workbook()[:2000], b"PK\x03\x04", b"{", b'{"resourceType": "Bundle", "entry": ['):
        with pytest.raises(DomainError) as refused:
            take(owner, content)
        assert len(str(refused.value)) > 20
    assert not Import.objects.exists()


def _bundle(owner: Actor) -> dict[str, Any]:
    read: dict[str, Any] = json.loads("".join(export.patients_fhir(owner)))
    return read


def _patients(bundle: dict[str, Any]) -> list[dict[str, Any]]:
    """Without what is the store's own: uuid and record number."""
    found = []
    for entry in bundle["entry"]:
        patient = dict(entry["resource"])
        del patient["id"]
        patient["identifier"] = [one for one in patient["identifier"] if one["use"] != "usual"]
        found.append(patient)
    return found


def test_fhir_goes_out_and_comes_in_again(owner: Actor) -> None:
    first = bring_in(
        owner,
        csv(
            LEA,
            PAUL,
            "20;BORDES;;Ève;F;31/02/1984;;;;;;;",
            "21;O’BRIEN-NÚÑEZ 🦷;;Jean-Pierre;M;1956;;;;;;;",
            "22;ROUX;;Anne;F;03/1990;;12;;;12 rue de la Paix;97400;SAINT-DENIS",
            "23;SANS;;;F;00/00/1970;;;;;;;",
        ),
    )
    before = _bundle(owner)
    assert before["resourceType"] == "Bundle"
    assert before["entry"][0]["resource"]["name"] == [
        {"use": "official", "family": "DUBOIS", "given": ["Léa"]},
        {"use": "usual", "family": "MARTIN"},
    ]
    undo(owner, first)
    assert not Patient.objects.exists()
    again = bring_in(owner, json.dumps(before).encode(), source="FHIR")
    assert again.counts["created"] == 6
    assert _patients(_bundle(owner)) == _patients(before)
    lines = "\n".join(json.dumps(entry["resource"]) for entry in before["entry"])
    assert bring_in(owner, lines.encode(), source="FHIR").counts["same"] == 6


def test_cover_goes_out_as_fhir_and_comes_in_again(owner: Actor) -> None:
    header = "N° dossier;Nom;Prénom;Sexe;Né le;N° SS;Régime;Caisse;Centre;Fin de droits;Mutuelle;N° AMC;N° adhérent"
    first = bring_in(
        owner,
        csv(
            "1;MARTIN;Léa;F;07/03/1984;284032636212355;01;261;0000;31/12/2027;MGEN;77551234;A12",
            "2;MARTIN;Tom;M;02/02/2016;284032636212355;01;261;0000;;;;",
            "3;PETIT;Zoé;F;01/01/1990;;;;;;Harmonie;;",
            header=header,
        ),
    )
    before = _bundle(owner)
    kinds = [
        (entry["resource"]["resourceType"], entry["resource"].get("type", {}).get("text")) for entry in before["entry"]
    ]
    assert kinds == [
        ("Patient", None), ("Coverage", "AMO"), ("Coverage", "AMC"), ("Patient", None), ("Coverage", "AMO"),
        ("Patient", None), ("Coverage", "AMC"),
    ]  # fmt: skip
    undo(owner, first)
    again = bring_in(owner, json.dumps(before).encode(), source="FHIR")
    assert again.counts == {"created": 3}
    tom = Patient.objects.get(first_birth_given_name="Tom").amo_coverages.get()
    assert (tom.regime, tom.caisse, tom.centre, tom.insured_nir, tom.beneficiary, tom.learnt_from) == (
        "01", "261", "0000", "284032636212355", "06", "file",
    )  # fmt: skip
    lea = Patient.objects.get(first_birth_given_name="Léa")
    assert lea.amo_coverages.get().rights_to == dt.date(2027, 12, 31)
    amc = lea.amc_coverages.get()
    assert (amc.organisation, amc.organisation_number, amc.member_number) == ("MGEN", "77551234", "A12")
    assert bring_in(owner, json.dumps(before).encode(), source="FHIR").counts == {"same": 3}


def test_an_empty_practice_gives_a_bundle_too(owner: Actor) -> None:
    assert _bundle(owner)["entry"] == []


def test_nobody_else_takes_fhir_out(owner: Actor, actors: Any, client_as: Any) -> None:
    with pytest.raises(Forbidden):
        export.patients_fhir(actors.dentist)
    bring_in(owner, csv(LEA))
    answer = client_as("owner").get(reverse("portability:export-fhir"))
    assert json.loads(b"".join(answer.streaming_content))["entry"]


def test_a_rehearsal_of_each_kind_writes_nobody(owner: Actor) -> None:
    for content in (workbook(), CARDS):
        assert rehearse(owner, content).counts["created"] == 1
    assert not Patient.objects.exists()
