"""What was imported is given back: imported again from its own export, nothing changes."""

import csv as reader
import io
from typing import Any

import pytest

from cuspide.audit.models import Entry
from cuspide.core.actor import Actor
from cuspide.core.errors import Forbidden
from cuspide.patients.models import Patient
from cuspide.portability import export
from tests.integration.portability.files import BAD, LEA, PAUL, bring_in, csv, outcomes, undo

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(practice: object, actors: Any) -> Actor:
    return actors.owner  # type: ignore[no-any-return]


def _exported(owner: Actor) -> str:
    return "".join(export.patients_csv(owner))


def _rows(text: str) -> list[dict[str, str]]:
    return [
        {name: value for name, value in row.items() if name != "N°\u00a0de dossier"}
        for row in reader.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";")
    ]


def test_an_export_holds_what_was_imported(owner: Actor) -> None:
    bring_in(owner, csv(LEA, PAUL, BAD))
    lea, paul = _rows(_exported(owner))
    assert {name: value for name, value in lea.items() if value} == {
        "Nom de naissance": "DUBOIS",
        "Nom utilisé": "MARTIN",
        "Prénom": "Léa",
        "Sexe": "F",
        "Date de naissance": "1984-03-07",
        "NIR (n°\u00a0de sécurité sociale)": "284032636212355",
        "Portable": "'+33639981234",
        "Courriel": "lea@example.org",
        "Adresse": "3 rue du Bac",
        "Code postal": "26000",
        "Ville": "VALENCE",
        "Pays": "FR",
    }
    assert paul["Domicile"] == "'+33465710012"


def test_an_export_imported_into_an_empty_practice_is_the_same(owner: Actor) -> None:
    lines = [
        LEA,
        PAUL,
        "20;=HYPERLINK;;Ève;F;31/02/1984;;;;;;;",
        "21;O’BRIEN-NÚÑEZ 🦷;;Jean-Pierre;M;1956;;;;;;;",
        '22;"DE LA ""TOUR""; FILS";;Anne;F;03/1990;;;;;"12 bis, rue\nde la Paix";97400;SAINT-DENIS',
        "23;SANS;;;F;00/00/1970;;;;;;;",
        "24;@SUM(A1);;Léa;F;01/01/1990;;;;;;;",
    ]
    first = bring_in(owner, csv(*lines))
    assert [outcome for _line, outcome in outcomes(first)].count("refused") == 1
    before = _exported(owner)
    undo(owner, first)
    assert not Patient.objects.exists()
    again = bring_in(owner, before.encode(), source="Cuspide")
    assert again.counts["created"] == 6
    assert _rows(_exported(owner)) == _rows(before)


def test_no_cell_is_reckoned_by_a_spreadsheet(owner: Actor) -> None:
    bring_in(owner, csv("24;@SUM(A1);;-Léa;F;01/01/1990;;;;+1;;;"))
    cells = [cell for row in reader.reader(io.StringIO(_exported(owner)), delimiter=";") for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_only_the_owner_takes_patients_out_and_it_is_traced(owner: Actor, actors: Any) -> None:
    for role, actor in actors.items():
        if role != "owner":
            with pytest.raises(Forbidden):
                export.patients_csv(actor)
    assert not Entry.objects.filter(action="portability.export").exists()
    _exported(owner)
    assert Entry.objects.filter(action="portability.export").count() == 1
