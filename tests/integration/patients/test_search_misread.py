"""People are found although a word was misspelt, cut out of a name, or written otherwise; the right ones first."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cuspide.core.actor import Actor
from cuspide.patients import marking
from cuspide.patients.models import ContactPoint, Patient, Posting, TokenDeletion, TokenEnding
from cuspide.patients.rules.tokens import is_word
from cuspide.patients.selectors import find_patients, search
from cuspide.patients.services import index

pytestmark = pytest.mark.django_db

Maker = Callable[..., Any]
SYSTEM = Actor.system("test")
NAMES = st.text(alphabet="abdeilmnorstéïç-’ ", min_size=4, max_size=16).filter(lambda name: len(name.strip(" -’")) > 3)


@pytest.fixture(autouse=True, params=["looked up", "gathered"])
def many_or_few(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other words are looked up for each patient of the rarest, or gathered where it has many."""
    if request.param == "gathered":
        monkeypatch.setattr(search, "_FEW", 0)


def found(text: str, limit: int = 10) -> list[Patient]:
    return [each.patient for each in find_patients(SYSTEM, text, limit=limit)]


@pytest.mark.parametrize(
    "text",
    [
        "lefevbre",  # two letters swapped
        "lefbvre",  # one missing
        "lefebvrre",  # one too many
        "lefebure",  # one changed
        "lefeb marguerite",
        "margueritte lefebvre",
        "lefbvre marg",
        "lefev",  # a beginning, misspelt
        "febvre",  # from the middle
        "guerite lefebvre",
        "mme lefebvre",
        "Madame LEFEBVRE Marguerite",
        "de lefebvre",
        "lefebvre 7/3/84",
        "lefevbre 07/03/1984",
        "7 mars 1984",
        "070384",
        "lefevbre +33 6 39 98 12 34",
        "+33 (0)6.39.98",
        "06 39 98 12 34",
    ],
)
def test_somebody_is_found_the_hard_way(make_patient: Maker, text: str) -> None:
    her = make_patient(
        birth_name="Lefebvre", first_birth_given_name="Marguerite", birth_date="07/03/1984", mobile="06 39 98 12 34"
    )
    make_patient(birth_name="Dubois", first_birth_given_name="Paul", birth_date="01/01/1990")
    assert found(text) == [her]


@pytest.mark.parametrize(
    "text", ["dornano", "d ornano", "d'ornano", "ornano", "D’Ornano", "dorano", "de ornano", "ornan"]
)
def test_a_particle_is_typed_in_any_way(make_patient: Maker, text: str) -> None:
    her = make_patient(birth_name="d'Ornano", first_birth_given_name="Zoé")
    assert found(text) == [her]


@pytest.mark.parametrize(
    "text", ["le goff", "legoff", "goff", "le gof", "le off", "lr goff", "legof", "l goff", "jean le goff"]
)
def test_a_name_of_two_words_is_typed_in_any_way(make_patient: Maker, text: str) -> None:
    him = make_patient(birth_name="Le Goff", first_birth_given_name="Jean", sex="M")
    assert found(text) == [him]


@pytest.mark.parametrize("text", ["jean-pierre", "jean pierre", "jeanpierre", "pierre jean", "jaen pierre", "pierre"])
def test_a_given_name_of_two_words_is_typed_in_any_way(make_patient: Maker, text: str) -> None:
    him = make_patient(birth_name="Roux", first_birth_given_name="Jean-Pierre", sex="M")
    assert found(text) == [him]


def test_a_saint_is_written_in_two_ways(make_patient: Maker) -> None:
    short = make_patient(birth_name="St-Martin", first_birth_given_name="Léa")
    long = make_patient(birth_name="Saint-Martin", first_birth_given_name="Léa")
    assert set(found("st martin")) == set(found("saint martin")) == {short, long}


def test_what_is_right_comes_before_what_is_near(make_patient: Maker) -> None:
    near = make_patient(birth_name="Dupond", first_birth_given_name="Jean", sex="M")
    longer = make_patient(birth_name="Dupontel", first_birth_given_name="Jean", sex="M")
    right = make_patient(birth_name="Dupont", first_birth_given_name="Jean", sex="M")
    inside = make_patient(birth_name="Valdupont", first_birth_given_name="Jean", sex="M")
    assert found("dupont jean") == [right, longer, near, inside]


def test_no_more_than_one_word_is_misread(make_patient: Maker) -> None:
    make_patient(birth_name="Lefebvre", first_birth_given_name="Marguerite")
    assert found("lefevbre margeurite") == []
    assert found("lefevbre paul") == []
    assert found("lefebvre xyz") == []


def test_a_number_is_right_or_wrong(make_patient: Maker) -> None:
    make_patient(mobile="06 39 98 12 34", birth_date="07/03/1984")
    assert found("06 39 98 12 43") == []
    assert found("07/03/1985") == []


def test_the_word_that_was_found_is_marked(make_patient: Maker) -> None:
    make_patient(birth_name="Lefebvre", first_birth_given_name="Marguerite")
    [each] = find_patients(SYSTEM, "lefevbre marg")
    assert marking.line(each).name == "<mark>LEFEBVRE</mark> <mark>Marg</mark>uerite"


EDITS = st.tuples(st.sampled_from(["change", "add", "drop", "swap"]), st.integers(0, 63), st.sampled_from("aeinrst"))


def with_error(word: str, edit: tuple[str, int, str]) -> str:
    kind, place, letter = edit
    at = place % len(word)
    return {
        "change": word[:at] + letter + word[at + 1 :],
        "add": word[:at] + letter + word[at:],
        "drop": word[:at] + word[at + 1 :],
        "swap": word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :],
    }[kind]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(family=NAMES, given_name=NAMES, edit=EDITS)
def test_every_patient_is_found_by_each_word_with_one_error(
    make_patient: Maker, family: str, given_name: str, edit: tuple[str, int, str]
) -> None:
    patient: Patient = make_patient(birth_name=family, first_birth_given_name=given_name)
    for token in Posting.objects.filter(patient=patient).values_list("token", flat=True):
        if is_word(token):
            typed = with_error(token, edit)
            assert len(typed) < 4 or patient in found(typed, limit=1000), (token, typed)
    patient.delete()


def test_the_store_is_asked_as_often_whoever_is_found(make_patient: Maker, django_assert_max_num_queries: Any) -> None:
    texts = ["lefevbre marguerite", "le off jean", "mme de lefebvre marguerite 1984", "febvre", "a b c d e f g h i j"]
    for size in (1, 12):
        for _each in range(size):
            make_patient(birth_name="Lefebvre", first_birth_given_name="Marguerite", birth_date="07/03/1984")
        for text in texts:
            with django_assert_max_num_queries(13):
                found(text)


def contents() -> tuple[set[Any], set[Any], set[Any]]:
    return (
        set(Posting.objects.values_list("patient_id", "token", "rank")),
        set(TokenDeletion.objects.values_list("deletion", "token")),
        set(TokenEnding.objects.values_list("ending", "token")),
    )


def test_an_index_kept_in_step_is_the_one_made_anew(make_patient: Maker) -> None:
    for name in ("Le Goff", "d'Ornano", "Martin-Dubois", "王"):
        make_patient(birth_name=name, mobile="06 39 98 12 34")
    kept = contents()
    assert list(index.rebuild()) == [4]
    assert contents() == kept
    for model in (Posting, TokenDeletion, TokenEnding):
        model._default_manager.all().delete()
    import_module("cuspide.patients.migrations.0005_fill_search_index").fill(apps, None)
    assert contents() == kept


def test_a_changed_name_changes_its_rank(make_patient: Maker) -> None:
    patient = make_patient(birth_name="Martin", first_birth_given_name="Léa")
    ContactPoint.objects.create(patient=patient, kind="phone", use="home", value="x", normalised="+33261910002")
    Patient.objects.filter(pk=patient.pk).update(birth_name="LÉA", first_birth_given_name="Martin")
    patient.refresh_from_db()
    index.refresh(patient)
    kept = contents()
    list(index.rebuild())
    assert contents()[0] == kept[0]


def test_whoever_was_merged_is_found_no_more(make_patient: Maker) -> None:
    kept, gone = make_patient(birth_name="Martin"), make_patient(birth_name="Martine")
    gone.merged_into = kept
    gone.save(update_fields=["merged_into"])
    index.refresh(gone)
    assert found("martin") == [kept]
    gone.merged_into = None
    gone.save(update_fields=["merged_into"])
    index.refresh(gone)
    assert found("martin") == [kept, gone]


def test_many_are_indexed_at_once(make_patient: Maker, django_assert_max_num_queries: Any) -> None:
    patients = [make_patient(birth_name=name) for name in ("Alpha", "Beta", "Gamma")]
    Posting.objects.all().delete()
    with django_assert_max_num_queries(4):
        index.index_many((patient, ["+33639981234"]) for patient in patients)
    assert set(found("0639981234")) == set(patients)
