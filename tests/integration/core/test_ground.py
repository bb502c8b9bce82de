"""Forms sent twice, records edited twice, files kept: on the store itself."""

import os
import threading
import uuid
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.db.models import Sum
from django.utils import translation

from cuspide.core import blobs, keystore, submissions
from cuspide.core.actor import Actor
from cuspide.core.editing import update_versioned
from cuspide.core.errors import EditConflict
from cuspide.core.models import Blob
from cuspide.practice.models import LegalEntity


def _make(name: str = "Cabinet") -> LegalEntity:
    return LegalEntity.objects.create(name=name)


@pytest.mark.django_db
def test_a_form_sent_twice_makes_one_record() -> None:
    key = uuid.uuid4()
    first, made = submissions.once(key, "entity", _make, LegalEntity)
    again, made_again = submissions.once(key, "entity", _make, LegalEntity)
    assert (made, made_again) == (True, False)
    assert first == again
    assert LegalEntity.objects.count() == 1


@pytest.mark.django_db
def test_a_form_sent_again_with_other_words_is_told_what_it_made() -> None:
    key = uuid.uuid4()
    submissions.once(key, "entity", _make, LegalEntity, said="Tilleuls")
    with pytest.raises(submissions.AlreadyRecorded) as told, translation.override("fr"):
        submissions.once(key, "entity", _make, LegalEntity, said="Platanes", known_as=lambda made: made.name)
    with translation.override("fr"):
        assert "déjà été enregistré (Cabinet)" in str(told.value.errors["submission"])
    assert LegalEntity.objects.count() == 1


@pytest.mark.django_db
def test_a_key_of_somebody_else_or_of_another_form_tells_no_name() -> None:
    key, other = uuid.uuid4(), replace(Actor.system("test"), user_id=7)
    submissions.once(key, "entity", _make, LegalEntity, said=1)
    for kind, actor in (("entity", other), ("other", None), ("entit", None)):
        with pytest.raises(submissions.AlreadyRecorded) as told:
            submissions.once(key, kind, _make, LegalEntity, actor=actor, said=1, known_as=lambda made: made.name)
        assert "Cabinet" not in str(told.value.errors["submission"])


@pytest.mark.django_db
def test_a_form_that_failed_may_be_sent_again() -> None:
    key = uuid.uuid4()

    def fail() -> LegalEntity:
        _make()
        raise ValueError("refused")

    with pytest.raises(ValueError, match="refused"):
        submissions.once(key, "entity", fail, LegalEntity)
    assert LegalEntity.objects.count() == 0
    assert submissions.once(key, "entity", _make, LegalEntity)[1]


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_eight_times_at_once_makes_one_record() -> None:
    key, made, errors = uuid.uuid4(), [], []
    start = threading.Barrier(8)

    def send() -> None:
        try:
            start.wait()
            made.append(submissions.once(key, "entity", _make, LegalEntity))
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert LegalEntity.objects.count() == 1
    assert {record.pk for record, _ in made} == {LegalEntity.objects.get().pk}
    assert sum(new for _, new in made) == 1


@pytest.mark.django_db
def test_the_second_of_two_editors_is_told_and_sees_both() -> None:
    mine = _make("Tilleuls")
    theirs = LegalEntity.objects.get(pk=mine.pk)
    update_versioned(theirs, {"name": "Marronniers"}, theirs.version)
    with pytest.raises(EditConflict) as conflict:
        update_versioned(mine, {"name": "Platanes"}, mine.version)
    assert conflict.value.current.name == "Marronniers"
    assert LegalEntity.objects.get().name == "Marronniers"


def test_every_process_of_the_tests_has_a_practice_of_its_own() -> None:
    """Two that share one would write each other's files anew under other keys."""
    assert keystore.practice_home().folder == Path(os.environ["CUSPIDE_HOME"])


@pytest.mark.django_db
def test_a_file_is_kept_encrypted_and_comes_back() -> None:
    content = b"ordonnance de Mme Secret " * 100
    blob = blobs.put(content, "application/pdf")
    assert blobs.get(Blob.objects.get(pk=blob.pk)) == content
    assert blobs.put(content, "application/pdf") == blob
    assert b"Secret" not in blobs._place(blob.digest).read_bytes()


@pytest.mark.django_db
def test_a_damaged_or_exchanged_file_is_refused() -> None:
    one, two = blobs.put(b"one", "text/plain"), blobs.put(b"two", "text/plain")
    place = blobs._place(one.digest)
    whole = place.read_bytes()
    for spot in range(len(whole)):
        place.write_bytes(whole[:spot] + bytes([whole[spot] ^ 1]) + whole[spot + 1 :])
        with pytest.raises(blobs.BlobError):
            blobs.get(one)
    place.write_bytes(blobs._place(two.digest).read_bytes())
    with pytest.raises(blobs.BlobError):
        blobs.get(one)
    place.unlink()
    with pytest.raises(blobs.BlobError):
        blobs.get(one)


@pytest.mark.django_db
def test_the_log_tells_a_file_that_was_cut_from_one_whose_key_does_not_open(caplog: pytest.LogCaptureFixture) -> None:
    one = blobs.put(b"a letter", "text/plain")
    place = blobs._place(one.digest)
    whole = place.read_bytes()
    place.write_bytes(whole[:9])
    with pytest.raises(blobs.BlobError):
        blobs.get(one)
    assert f"9 bytes of {len(whole)}" in caplog.messages[-1]
    place.write_bytes(whole)
    one.wrapped_key = bytes(40)
    with pytest.raises(blobs.BlobError):
        blobs.get(one)
    assert "InvalidUnwrap" in caplog.messages[-1]


@pytest.mark.django_db
def test_a_sum_in_the_store_is_exact() -> None:
    # No room below billing holds money; the field is tried on a table of the test's own.
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE till (amount bigint)")
        cursor.executemany("INSERT INTO till VALUES (%s)", [[10], [20], [1]])
        cursor.execute("SELECT sum(amount) FROM till")
        (cents,) = cursor.fetchone()
    from cuspide.core.fields import MoneyField

    assert MoneyField().from_db_value(cents) == Decimal("0.31")
    assert isinstance(Sum("amount", output_field=MoneyField()).output_field, MoneyField)
