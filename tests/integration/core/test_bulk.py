"""Rows written in bulk are those that `bulk_create` would have written, on both stores."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction

from cuspide.core import clock
from cuspide.core.db import bulk
from cuspide.patients.models import AmcCoverage, ContactPoint, Household, Patient, Posting, TokenEnding

pytestmark = pytest.mark.django_db
MOMENT = dt.datetime(2026, 3, 29, 1, 30, 0, 123456, tzinfo=dt.UTC)


def patient(number: int, **more: Any) -> Patient:
    return Patient(
        number=number, birth_name=f"NÉ’{number}", sex="F", birth_date="1984-03-00", born_on=dt.date(1984, 3, 1), **more
    )


def stored(model: type[models.Model], *left_out: str) -> list[dict[str, Any]]:
    rows = model._default_manager.order_by("pk").values()
    return [{name: value for name, value in row.items() if name not in {"id", *left_out}} for row in rows]


@pytest.mark.parametrize("count", [1, 3, 250])
def test_bulk_writes_what_bulk_create_writes(count: int) -> None:
    home = Household.objects.create()
    made = [
        patient(n, household=home, interpreter=n % 2 == 0, deceased_on=None, created_at=MOMENT) for n in range(count)
    ]
    bulk.insert(made)
    ours = stored(Patient)
    assert [one.pk for one in Patient.objects.order_by("number")] == [one.pk for one in made]
    assert len({one.pk for one in made}) == count
    Patient.objects.all().delete()
    for one in made:
        one.pk, one._state.adding = None, True
    Patient.objects.bulk_create(made)
    assert stored(Patient) == ours


def test_whatever_a_field_holds_comes_back(practice: Any) -> None:
    her = patient(1)
    bulk.insert([her])
    covers = [
        AmcCoverage(
            patient=her, organisation=f"Mutuelle %s {n} 💶", responsible=n % 2 == 0, guarantee=n, learnt_from="card",
            checked_at=dt.date(2026, 1, n % 28 + 1), recorded_at=MOMENT, recorded_by="x",
            applies_from=day, applies_to=day if n else None,
        )
        for n, day in enumerate(dt.date(2026, 5, 1) - dt.timedelta(days=n) for n in range(150))
    ]  # fmt: skip
    bulk.insert(covers)
    assert list(AmcCoverage.objects.order_by("pk").values()) == [
        {field.attname: getattr(one, field.attname) for field in AmcCoverage._meta.concrete_fields} for one in covers
    ]


def test_a_record_written_in_bulk_is_changed_and_followed_by_others() -> None:
    first, second = patient(1), patient(2)
    bulk.insert([first, second])
    first.birth_name = "CHANGED"
    first.save()
    assert Patient.objects.get(pk=first.pk).birth_name == "CHANGED"
    third = patient(3)
    third.save()
    assert third.pk not in {first.pk, second.pk}
    fourth = patient(4)
    bulk.insert([fourth])
    assert Patient.objects.count() == 4


@pytest.mark.parametrize("count", [2, 300])
def test_all_or_nothing(count: int) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert([patient(number) for number in (*range(count), 0)])
    assert not Patient.objects.exists()


@pytest.mark.parametrize("count", [2, 300])
def test_what_is_there_is_passed_over(count: int) -> None:
    bulk.insert_rows(TokenEnding, ("ending", "token"), [("artin", "martin")])
    rows = [("artin", "martin"), *((f"e{n}", "martin") for n in range(count)), ("e0", "martin")]
    bulk.insert_rows(TokenEnding, ("ending", "token"), rows, unless_there=True)
    assert TokenEnding.objects.count() == count + 1


def test_a_foreign_key_to_nobody_is_refused() -> None:
    bulk.insert_rows(Posting, ("patient_id", "token", "rank"), [(987_654, "x", 0)])
    with pytest.raises(IntegrityError), transaction.atomic():
        connection.check_constraints()
    Posting.objects.all().delete()


def test_nothing_is_no_statement(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        bulk.insert([])
        bulk.insert_rows(Posting, ("patient_id", "token", "rank"), [])


def test_few_rows_are_one_statement(django_assert_num_queries: Any) -> None:
    her = patient(1)
    her.save()
    with django_assert_num_queries(1):
        bulk.insert_rows(Posting, ("patient_id", "token", "rank"), [(her.pk, f"t{n}", 0) for n in range(100)])


def test_uuids_and_instants_are_those_of_the_object() -> None:
    her = patient(1)
    her.save()
    points = [
        ContactPoint(patient=her, kind="phone", use="home", position=n, value="1", normalised="1") for n in range(120)
    ]
    points[0].uuid, points[0].created_at = uuid.UUID(int=7), clock.now()
    bulk.insert(points)
    kept = ContactPoint.objects.get(position=0)
    assert (kept.uuid, kept.created_at) == (points[0].uuid, points[0].created_at)
