"""Who insures them comes with patients, and is added to whom the practice knew without."""

import csv as reader
import datetime as dt
import io
from typing import Any

import pytest

from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.patients.models import Patient
from cuspide.patients.services.coverage import update_coverage
from cuspide.portability import export, selectors
from cuspide.portability.models import ImportRow
from tests.integration.portability.files import bring_in, codes, csv, rehearse, undo

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(practice: object, actors: Any) -> Actor:
    return actors.owner  # type: ignore[no-any-return]


COVERED = "N° dossier;Nom;Prénom;Sexe;Né le;N° SS;Régime;Caisse;Centre;Fin de droits;Mutuelle;N° AMC;N° adhérent"


def test_cover_comes_with_a_new_patient_and_goes_with_the_undo(owner: Actor) -> None:
    lines = [
        "1;MARTIN;Léa;F;07/03/1984;284032636212355;1;261;0;31/12/2027;MGEN;77551234;A12",
        "2;MARTIN;Tom;M;02/02/2016;284032636212355;01;261;0000;;MGEN;;",
        "3;PETIT;Zoé;F;01/01/1990;;Autre;26;;demain;;775;B7",
        "4;SANS;Luc;M;01/01/1990;;;;;;;;",
    ]
    done = bring_in(owner, csv(*lines, header=COVERED))
    lea, tom, zoe = (Patient.objects.get(first_birth_given_name=name) for name in ("Léa", "Tom", "Zoé"))
    amo = lea.amo_coverages.get()
    assert (amo.regime, amo.caisse, amo.centre, amo.insured_nir) == ("01", "261", "0000", "284032636212355")
    assert (amo.rights_to, amo.learnt_from, amo.checked_at) == (dt.date(2027, 12, 31), "file", None)
    amc = lea.amc_coverages.get()
    assert (amc.organisation, amc.organisation_number, amc.member_number) == ("MGEN", "77551234", "A12")
    amo = tom.amo_coverages.get()
    assert (tom.nir, amo.insured_nir, amo.beneficiary) == ("", "284032636212355", "06")
    assert not zoe.amo_coverages.exists()
    assert not zoe.amc_coverages.exists()
    assert sorted(zoe.note.splitlines()) == [
        "Caisse\u00a0: 026", "Droits jusqu’au\u00a0: demain", "N°\u00a0AMC\u00a0: 775", "N°\u00a0d’adhérent\u00a0: B7",
        "Régime\u00a0: Autre",
    ]  # fmt: skip
    assert codes(done, 4) == {"left_out"}
    before = "".join(export.patients_csv(owner))
    undo(owner, done)
    assert not Patient.objects.exists()
    again = bring_in(owner, before.encode(), source="Cuspide")
    assert again.counts["created"] == 4
    assert _without_numbers("".join(export.patients_csv(owner))) == _without_numbers(before)


def test_cover_is_added_to_whom_the_practice_knows_without_any_and_taken_back(owner: Actor) -> None:
    bring_in(owner, csv("1;MARTIN;Léa;F;07/03/1984;284032636212355;;;;;;;", header=COVERED))
    lea = Patient.objects.get()
    line = "1;MARTIN;Léa;F;07/03/1984;;01;261;0000;31/12/2027;MGEN;77551234;A12"
    said = rehearse(owner, csv(line, header=COVERED))
    assert said.counts == {"completed": 1}
    assert not lea.amo_coverages.exists()
    done = bring_in(owner, csv(line, header=COVERED))
    assert done.counts == {"completed": 1}
    amo, amc = lea.amo_coverages.get(), lea.amc_coverages.get()
    assert (amo.regime, amo.insured_nir, amo.rights_to) == ("01", "284032636212355", dt.date(2027, 12, 31))
    assert (amo.learnt_from, amo.checked_at, amo.applies_from) == ("file", None, clock.today())
    assert amo.recorded_by == done.user_label
    assert (amc.organisation, amc.learnt_from) == ("MGEN", "file")
    assert bring_in(owner, csv(line, line, header=COVERED)).counts == {"same": 2}
    undo(owner, done)
    assert not lea.amo_coverages.exists()
    assert not lea.amc_coverages.exists()


def test_other_cover_than_the_practice_knows_is_said_and_stays(owner: Actor) -> None:
    bring_in(owner, csv("1;MARTIN;Léa;F;07/03/1984;;01;261;0000;;Mgen;;A12", header=COVERED))
    other = csv("1;MARTIN;Léa;F;07/03/1984;;02;261;;31/12/2027;MGEN;;B7", header=COVERED)
    done = bring_in(owner, other)
    assert (done.counts["same"], done.counts["noted"]) == (1, 1)
    [said] = selectors.said(ImportRow.objects.get(of=done))
    for word in ("Régime", "Droits jusqu’au", "N°\u00a0d’adhérent"):
        assert word in str(said)
    assert "Caisse" not in str(said)
    assert "Complémentaire" not in str(said), "written otherwise, and the same"
    lea = Patient.objects.get()
    assert (lea.amo_coverages.get().regime, lea.amc_coverages.get().member_number) == ("01", "A12")


def test_cover_that_is_over_is_followed_by_that_of_the_file(owner: Actor) -> None:
    bring_in(owner, csv("1;MARTIN;Léa;F;07/03/1984;;01;261;0000;;;;", header=COVERED))
    lea = Patient.objects.get()
    today = clock.today()
    lea.amo_coverages.update(applies_from=today - dt.timedelta(days=9), applies_to=today - dt.timedelta(days=1))
    assert bring_in(owner, csv("1;MARTIN;Léa;F;07/03/1984;;02;261;;;;;", header=COVERED)).counts == {"completed": 1}
    assert [amo.regime for amo in lea.amo_coverages.order_by("applies_from")] == ["01", "02"]


def _without_numbers(text: str) -> list[list[str]]:
    return [row[1:] for row in reader.reader(io.StringIO(text), delimiter=";")]


def test_cover_that_somebody_corrected_keeps_the_patient(owner: Actor) -> None:
    done = bring_in(owner, csv("1;MARTIN;Léa;F;07/03/1984;;01;261;0000;;;;", header=COVERED))
    lea = Patient.objects.get()
    update_coverage(owner, lea, {"regime": "02", "caisse": "261", "centre": "0000"}, lea.version)
    undo(owner, done)
    assert Patient.objects.exists()
