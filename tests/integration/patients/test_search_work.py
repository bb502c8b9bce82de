"""The work of a search grows with those whom it concerns, and not with the practice."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from cuspide.core.actor import Actor
from cuspide.core.db import bulk
from cuspide.patients.models import Patient, Posting
from cuspide.patients.selectors import find_patients

pytestmark = pytest.mark.django_db

_STEP = 10


@pytest.fixture
def work() -> Callable[[str], int]:
    """How many instructions of the store one search takes."""
    if connection.vendor == "postgresql":
        pytest.skip("PostgreSQL does not count what it does; the statements are the same")

    def count(text: str) -> int:
        find_patients(Actor.system("test"), text)
        taken = 0

        def step() -> int:
            nonlocal taken
            taken += _STEP
            return 0

        connection.connection.set_progress_handler(step, _STEP)
        try:
            find_patients(Actor.system("test"), text)
        finally:
            connection.connection.set_progress_handler(None, _STEP)
        return taken

    return count


@pytest.fixture
def add(make_patient: Any) -> Callable[..., None]:
    """So many patients more with these tokens."""
    one = make_patient(birth_name="Zzz")

    def write(count: int, *tokens: str) -> None:
        made = []
        for _each in range(count):
            copy = Patient.objects.get(pk=one.pk)
            copy.pk, copy.uuid, copy.number = None, Patient().uuid, Patient.objects.count() + len(made) + 5000
            made.append(copy)
        bulk.insert(made)
        rows = [(patient.pk, token, rank) for patient in made for rank, token in enumerate(tokens)]
        bulk.insert_rows(Posting, ("patient_id", "token", "rank"), rows)

    return write


@pytest.mark.parametrize("text", ["martin lea", "lea mart", "mar le", "martin 07031984"])
def test_four_times_as_many_homonyms_are_four_times_the_work_at_most(
    text: str, work: Callable[[str], int], add: Callable[..., None]
) -> None:
    tokens = ("martin", "lea", "07031984")
    add(300, *tokens)
    few = work(text)
    add(900, *tokens)
    assert work(text) <= 4.4 * few


@pytest.mark.parametrize("text", ["martin lea", "marttin lea", "martin 07031984", "lea martni", "dr martin"])
def test_whoever_has_none_of_the_words_costs_nothing(
    text: str, work: Callable[[str], int], add: Callable[..., None]
) -> None:
    add(30, "martin", "lea", "07031984")
    before = work(text)
    add(1500, "dubois", "hugo", "01011990")
    assert work(text) <= 1.1 * before
