"""Everybody is found by what belongs to them, best first, in a known number of queries."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cuspide.core.actor import Actor
from cuspide.core.errors import Forbidden
from cuspide.patients import selectors
from cuspide.patients.models import Patient, Posting
from cuspide.patients.rules.birth import birth_tokens
from cuspide.patients.rules.names import name_tokens
from cuspide.patients.selectors import find_patients, search, search_patients

pytestmark = pytest.mark.django_db

Maker = Callable[..., Any]

NAMES = st.text(alphabet="abcdeéèêïôùüçœæÿñł'’- ABCÉŒØ王ب", min_size=1, max_size=30).filter(
    lambda name: any(letter.isalpha() for letter in name)
)


@pytest.fixture(autouse=True, params=["looked up", "gathered"])
def many_or_few(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other words are looked up for each patient of the rarest, or gathered where it has many."""
    if request.param == "gathered":
        monkeypatch.setattr(search, "_FEW", 0)


def found(text: str, **options: Any) -> list[Patient]:
    return [each.patient for each in find_patients(Actor.system("test"), text, **options)]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(family=NAMES, given_name=NAMES)
def test_every_patient_is_found_by_each_token_and_its_beginnings(
    make_patient: Maker, family: str, given_name: str
) -> None:
    patient: Patient = make_patient(birth_name=family, first_birth_given_name=given_name)
    for token in Posting.objects.filter(patient=patient).values_list("token", flat=True):
        for end in {len(token), max(1, len(token) // 2)}:
            assert patient in found(token[:end], limit=1000)
    assert patient in found(f"{given_name} {family}", limit=1000)
    assert name_tokens(family) | birth_tokens(patient.birth_date) <= set(
        Posting.objects.filter(patient=patient).values_list("token", flat=True)
    )
    Posting.objects.filter(patient=patient).delete()
    patient.delete()


def test_whole_words_before_beginnings(make_patient: Maker) -> None:
    longer = make_patient(birth_name="Martineau", first_birth_given_name="Jean")
    exact = make_patient(birth_name="Martin", first_birth_given_name="Jeanne")
    both = make_patient(birth_name="Martin", first_birth_given_name="Jean")
    compound = make_patient(birth_name="Saint-Martin", first_birth_given_name="Jean")
    assert found("martin") == [both, exact, compound, longer]
    assert found("jean martin")[:1] == [both]
    assert found("martin jean")[:1] == [both]
    assert set(found("jean mart")) == {both, exact, compound, longer}


def test_every_word_must_be_found(make_patient: Maker) -> None:
    lea = make_patient(birth_name="Martin", first_birth_given_name="Léa", birth_date="07/03/1984")
    make_patient(birth_name="Martin", first_birth_given_name="Hugo", birth_date="01/01/1990")
    assert found("lea martin") == [lea]
    assert found("martin 07/03/1984") == [lea]
    assert found("martin 1984") == [lea]
    assert found("martin dubois") == []
    assert found(str(lea.number)) == [lea]


def test_names_in_use_and_at_birth(make_patient: Maker) -> None:
    patient = make_patient(
        birth_name="Dubois", used_name="Le Goff", first_birth_given_name="Léonie", used_given_name="Léo"
    )
    for text in ("dubois", "le goff", "legoff", "goff leonie", "léo dubois"):
        assert found(text) == [patient]


@pytest.mark.parametrize("text", ["", "   ", "%", "_", "'", "--", "\x00", "~", "🦷", "\u202e", "," * 500])
def test_a_search_for_nothing_finds_nobody(make_patient: Maker, text: str) -> None:
    make_patient()
    assert found(text) == []


def test_a_prefix_ends_where_the_next_letter_begins(make_patient: Maker) -> None:
    zoe = make_patient(birth_name="Zz", first_birth_given_name="Zoé")
    make_patient(birth_name="Abc", first_birth_given_name="Éva")
    assert found("z") == [zoe]
    assert found("zz") == [zoe]
    assert found("zzz") == []


def test_four_hundred_homonyms_take_four_queries(make_patient: Maker, django_assert_max_num_queries: Any) -> None:
    one: Patient = make_patient(birth_name="Martin", first_birth_given_name="Léa")
    copies = []
    for number in range(400):
        copy = Patient.objects.get(pk=one.pk)
        copy.pk, copy._state.adding = None, True
        copy.uuid, copy.number = Patient().uuid, 100_000 + number
        copies.append(copy)
    for copy in Patient.objects.bulk_create(copies):
        Posting.objects.bulk_create(
            Posting(patient=copy, token=t, rank=rank) for rank, t in enumerate(("martin", "lea"))
        )
    with django_assert_max_num_queries(4):
        answer = find_patients(Actor.system("test"), "lea martin")
    assert [each.patient.number for each in answer] == [100_399 - at for at in range(10)]
    with django_assert_max_num_queries(4):
        assert len(find_patients(Actor.system("test"), "l m", limit=25)) == 25


def test_a_nir_finds_its_patient_for_those_who_read_records(
    make_patient: Maker, secretary: Actor, bookkeeper: Actor, technician: Actor
) -> None:
    patient = make_patient(nir="2 84 03 26 362 123")
    assert search_patients(secretary, "2 84 03 26 362 123 55") == [patient]
    assert search_patients(secretary, "2840326362123") == [patient]
    assert search_patients(bookkeeper, "2 84 03 26 362 123 55") == []
    assert search_patients(bookkeeper, patient.birth_name) == [patient]
    with pytest.raises(Forbidden):
        search_patients(technician, "martin")


def test_the_telephone_to_call_first_comes_with_the_answer(make_patient: Maker) -> None:
    make_patient(birth_name="Ornano", home_phone="04 65 71 00 01", mobile="06 39 98 00 01", work_phone="01 99 00 00 01")
    (answer,) = selectors.find_patients(Actor.system("test"), "ornano")
    assert answer.phone.replace("\u00a0", " ") == "06 39 98 00 01"


def line_of(text: str, **options: Any) -> Any:
    """The one answer to a search, as the pages show it."""
    from cuspide.patients import marking

    [each] = find_patients(Actor.system("test"), text, **options)
    return marking.line(each)


def test_the_name_that_was_found_is_shown_and_marked(make_patient: Maker) -> None:
    make_patient(
        birth_name="MARTIN", first_birth_given_name="Léa", used_name="DUBOIS", birth_given_names="Léa Marguerite"
    )
    line = line_of("mart")
    assert line.name == "DUBOIS Léa"
    assert line.also == "née <mark>MART</mark>IN Léa"
    line = line_of("dub lea")
    assert line.name == "<mark>DUB</mark>OIS <mark>Léa</mark>"
    line = line_of("margu")
    assert line.also == "née MARTIN Léa · prénoms Léa <mark>Margu</mark>erite"


def test_the_telephone_that_was_typed_is_the_one_shown(make_patient: Maker) -> None:
    from cuspide.patients.models import ContactPoint

    patient = make_patient()
    for use, number in (("mobile", "+33639980001"), ("home", "+33261910002")):
        ContactPoint.objects.create(patient=patient, kind="phone", use=use, value=number, normalised=number)
    from cuspide.patients.services.index import refresh

    refresh(patient)
    assert line_of("02 61").phone.replace("\xa0", " ") == "<mark>02 61</mark> 91 00 02"
    assert "39" in line_of(str(patient.number)).phone


def test_a_hostile_name_stays_text_when_it_is_marked(make_patient: Maker) -> None:
    make_patient(birth_name="<SCRIPT>ALERT", first_birth_given_name="{{x}}%s")
    line = line_of("scr")
    assert line.name == "&lt;<mark>SCR</mark>IPT&gt;ALERT {{x}}%s"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(family=NAMES, given_name=NAMES)
def test_whoever_is_found_by_a_name_has_it_marked(make_patient: Maker, family: str, given_name: str) -> None:
    from cuspide.patients import marking

    patient: Patient = make_patient(birth_name=family, first_birth_given_name=given_name)
    for token in sorted(name_tokens(patient.birth_name, patient.first_birth_given_name)):
        if not token.isdigit():
            each = next(one for one in find_patients(Actor.system("test"), token, limit=1000) if one.patient == patient)
            line = marking.line(each)
            assert "<mark>" in line.name + line.also
