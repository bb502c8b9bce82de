"""Fixtures of patients, made by the program's own service."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest

PatientMaker = Callable[..., Any]

PLAIN = {
    "birth_name": "Martin",
    "first_birth_given_name": "Léa",
    "birth_given_names": "",
    "sex": "F",
    "birth_date": "07/03/1984",
    "birth_place_code": "",
    "birth_place": "",
    "nir": "",
    "used_name": "",
    "used_given_name": "",
}


@pytest.fixture
def make_patient(db: None) -> PatientMaker:
    """`make_patient(birth_name="Durand", mobile="06 39 98 00 01", regime="01")`: fields of the new-patient form.

    Without a birth date each patient has another, so that none is taken for a duplicate.
    """
    from cuspide.core.actor import Actor
    from cuspide.patients.models import Patient
    from cuspide.patients.services.identity import NeedsConfirmation, create_patient, duplicates_key

    days = itertools.count(1)

    def make(*, actor: Any = None, **fields: Any) -> Patient:
        typed = PLAIN | {"birth_date": f"{1 + (day := next(days)) % 28:02}/03/{1940 + day % 60}"} | fields
        who = actor or Actor.system("test")
        try:
            return create_patient(who, typed).patient
        except NeedsConfirmation as asked:
            confirmed = {doubt.key for doubt in asked.doubts} | {duplicates_key(asked.duplicates)}
            return create_patient(who, typed, confirmed=frozenset(confirmed)).patient

    return make
