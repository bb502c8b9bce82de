"""The owner brings a file in by the pages, corrects its columns, rehearses, imports, reads the report and undoes it."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from cuspide.audit.models import Entry
from cuspide.core import clock
from cuspide.core.models import Job
from cuspide.core.work import jobs
from cuspide.patients.models import Patient
from cuspide.portability.models import Import, ImportPart, State
from cuspide.portability.services import working
from tests.integration.portability.files import BAD, LEA, PAUL, csv

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(practice: object, client_as: Any) -> Any:
    return client_as("owner")


def upload(client: Any, content: bytes, source: str = "Ancien") -> Any:
    file = SimpleUploadedFile("patients 2026.csv", content, content_type="text/csv")
    return client.post(reverse("portability:take-in"), {"file": file, "source": source})


def work() -> None:
    while jobs.run_one():
        pass


def page(client: Any, of: Import, query: str = "") -> str:
    answer = client.get(reverse("portability:import", args=[of.uuid]) + query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def columns_of(of: Import, **changed: str) -> dict[str, str]:
    meant = {f"column_{place}": of.mapping.get(name, "") for place, name in enumerate(of.header)}
    return meant | {"source": of.source} | changed


def test_a_file_is_rehearsed_imported_read_and_undone(client: Any) -> None:
    answer = upload(client, csv(LEA, PAUL, BAD))
    of = Import.objects.get()
    assert answer["Location"] == reverse("portability:import", args=[of.uuid])
    shown = page(client, of)
    assert "Né(e) le" in shown
    assert "07/03/1984 · 21/09/1979 · hier" in shown
    answer = client.post(reverse("portability:columns", args=[of.uuid]), columns_of(of))
    assert answer.status_code == 302
    assert "Répétition en cours" in page(client, of)
    work()
    shown = page(client, of)
    assert "Aucun patient n’a été touché" in shown
    assert "PETIT Zoé · hier" in shown
    assert "Écrivez la date de naissance" in shown
    assert not Patient.objects.exists()
    client.post(reverse("portability:run", args=[of.uuid]))
    work()
    assert Patient.objects.count() == 2
    shown = page(client, of, "?which=created")
    assert "MARTIN Léa" in shown
    assert reverse("patients:record", args=[Patient.objects.first().uuid]) in shown  # type: ignore[union-attr]
    assert Entry.objects.filter(action="patients.search").exists()
    client.post(reverse("portability:undo", args=[of.uuid]))
    work()
    assert not Patient.objects.exists()
    assert "a été repris" in page(client, of)


def test_a_mapping_without_a_birth_date_is_refused_and_what_was_chosen_is_kept(client: Any) -> None:
    upload(client, csv(LEA))
    of = Import.objects.get()
    answer = client.post(reverse("portability:columns", args=[of.uuid]), columns_of(of, column_5="", column_1="note"))
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert "Dites quelle colonne contient la date de naissance." in shown
    assert '<option value="note" selected' in shown
    of.refresh_from_db()
    assert of.state == State.MAPPING
    answer = client.post(reverse("portability:columns", args=[of.uuid]), columns_of(of, column_1="nonsense"))
    assert answer.status_code == 422


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xff\xfe"])
def test_a_file_that_is_none_is_said_at_its_field(client: Any, content: bytes) -> None:
    answer = upload(client, content)
    assert answer.status_code == 422
    assert "vide" in answer.content.decode()
    assert not Import.objects.exists()


def piece(client: Any, key: str, position: int, content: bytes, last: str = "no") -> Any:
    data = {"upload": key, "position": str(position), "last": last, "name": "a.csv", "source": "Ancien"}
    return client.post(reverse("portability:take-in"), data | {"file": SimpleUploadedFile("piece", content)})


def test_a_large_file_comes_in_pieces(client: Any) -> None:
    content, key = csv(LEA, PAUL), str(uuid.uuid4())
    half = len(content) // 2
    assert piece(client, key, 0, content[:half]).status_code == 200
    assert piece(client, key, 0, content[:half]).status_code == 200, "sent twice, taken once"
    of = Import.objects.get()
    assert client.get(reverse("portability:import", args=[of.uuid])).status_code == 404
    assert "a.csv" not in client.get(reverse("portability:imports")).content.decode()
    answer = piece(client, key, 1, content[half:], last="yes")
    assert answer.json() == {"next": reverse("portability:import", args=[of.uuid])}
    of.refresh_from_db()
    assert (of.state, of.size, len(of.sha256)) == (State.MAPPING, len(content), 64)


def test_pieces_out_of_order_or_of_nothing_are_refused(client: Any, client_as: Any) -> None:
    key = str(uuid.uuid4())
    assert piece(client, key, 1, b"x").status_code == 422
    assert piece(client, "no uuid", 0, b"x").status_code == 422
    assert piece(client, key, 0, b"Nom;N\xe9 le\n").status_code == 200
    assert piece(client, key, 5, b"x").status_code == 422
    answer = piece(client, str(uuid.uuid4()), 0, b"\n", last="yes")
    assert answer.status_code == 422
    assert "vide" in answer.json()["refused"]
    assert Import.objects.count() == 1
    assert ImportPart.objects.count() == 1


def test_what_is_under_way_is_shown_stopped_and_goes_on(client: Any) -> None:
    upload(client, csv(LEA, PAUL))
    of = Import.objects.get()
    client.post(reverse("portability:run", args=[of.uuid]))
    shown = client.get(reverse("portability:progress", args=[of.uuid])).content.decode()
    assert "Import en cours" in shown
    client.post(reverse("portability:stop", args=[of.uuid]))
    work()
    assert not Patient.objects.exists()
    assert "Arrêté" in page(client, of)
    client.post(reverse("portability:go-on", args=[of.uuid]))
    work()
    assert Patient.objects.count() == 2
    assert client.get(reverse("portability:progress", args=[of.uuid]))["HX-Refresh"] == "true"
    # What cannot be any more is said, and nothing happens.
    for name in ("run", "stop", "go-on", "discard"):
        answer = client.post(reverse(f"portability:{name}", args=[of.uuid]), follow=True)
        assert "n’en est plus là" in answer.content.decode()
    assert not Job.objects.filter(lease_until__isnull=False).exists()


def test_a_file_can_be_forgotten(client: Any) -> None:
    upload(client, csv(LEA))
    of = Import.objects.get()
    client.post(reverse("portability:discard", args=[of.uuid]))
    assert not Import.objects.exists()
    assert not ImportPart.objects.exists()


def test_names_of_columns_and_people_are_text(client: Any) -> None:
    upload(client, csv('"<b>x</b>";01/01/1990', header="<script>alert(1)</script>;Né le").replace(b"x", b"<i>y"))
    of = Import.objects.get()
    shown = page(client, of)
    assert "<script>alert" not in shown
    assert "<b>" not in shown
    client.post(reverse("portability:columns", args=[of.uuid]), columns_of(of, column_0="family_name"))
    work()
    assert "<B>" not in page(client, of, "?which=all")


@pytest.fixture
def many(client: Any) -> Import:
    lines = [f"{n};NOM{chr(65 + n % 26)}{chr(65 + n // 26)};;Prénom;F;01/01/1980;;;;;;;" for n in range(120)]
    upload(client, csv(*lines, BAD))
    of = Import.objects.get()
    client.post(reverse("portability:run", args=[of.uuid]))
    work()
    return of


def test_lines_are_paged_and_chosen_by_outcome_in_few_queries(
    client: Any, many: Import, django_assert_max_num_queries: Any
) -> None:
    assert "NOMA" not in page(client, many), "what was refused comes first"
    with django_assert_max_num_queries(28):
        shown = page(client, many, "?which=created&page=2")
    assert shown.count('<strong class="person">') == 50
    assert "?which=created&amp;page=3" in shown
    assert "Créé" in page(client, many, "?which=nonsense&page=999")


def test_all_patients_are_taken_out_as_a_file(client: Any, many: Import) -> None:
    answer = client.get(reverse("portability:export-csv"))
    assert answer["Content-Disposition"].startswith("attachment")
    content = b"".join(answer.streaming_content).decode()
    assert content.count("\r\n") == 121


def test_a_worker_that_was_lost_is_replaced_and_the_import_goes_on(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "BATCH", 1)
    upload(client, csv(LEA, PAUL))
    of = Import.objects.get()
    client.post(reverse("portability:run", args=[of.uuid]))
    claimed = jobs.claim("a worker that dies")
    assert claimed is not None
    begun = working.BATCH
    with pytest.raises(RuntimeError):
        working.work(of.pk, _die)
    assert Patient.objects.count() == begun
    long_ago = clock.now() - dt.timedelta(minutes=5)
    Import.objects.update(moved_at=long_ago)
    Job.objects.update(lease_until=long_ago)
    shown = page(client, of)
    assert "Rien n’a bougé depuis" in shown
    assert "Reprendre" in shown
    assert jobs.recover_lost() == 1
    DBTaskResult.objects.update(run_after=long_ago)  # its pause is over
    work()
    of.refresh_from_db()
    assert (of.state, Patient.objects.count()) == (State.DONE, 2)


def _die(_of: Import) -> None:
    raise RuntimeError
