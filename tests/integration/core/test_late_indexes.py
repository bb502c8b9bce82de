"""Indexes that are made after the rows are those that were there, and hold what was written."""

from typing import Any

import pytest
from django.db import connection

from cuspide.core.db import bulk
from cuspide.core.db.late_indexes import indexes_made_last
from cuspide.patients.models import Household, Patient, Posting

pytestmark = pytest.mark.django_db


def indexes(model: Any) -> set[str]:
    with connection.cursor() as cursor:
        return set(connection.introspection.get_constraints(cursor, model._meta.db_table))


@pytest.mark.parametrize("wrapped", [True, pytest.param(False, marks=pytest.mark.django_db(transaction=True))])
def test_the_same_indexes_stand_when_the_rows_are_written(make_patient: Any, wrapped: bool) -> None:
    patient = make_patient()
    assert connection.in_atomic_block is wrapped
    models = (Patient, Posting, Household)
    before = [indexes(model) for model in models]
    with indexes_made_last(models):
        assert "posting_best_first" not in indexes(Posting)
        assert "posting_once_a_patient" in indexes(Posting)
        bulk.insert_rows(Posting, ("patient_id", "token", "rank"), [(patient.pk, f"z{n}", 4) for n in range(500)])
    assert [indexes(model) for model in models] == before
    assert Posting.objects.filter(token__gte="z1", token__lt="z2").count() == 111
    if connection.vendor != "postgresql":
        with connection.cursor() as cursor:
            assert cursor.execute("PRAGMA temp_store").fetchone() == (2,)
