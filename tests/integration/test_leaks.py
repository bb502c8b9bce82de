"""What tells of a patient: in no address, to nobody without the right, and nothing changes by looking.

`test_rights_table` asks who reaches what; here it is asked what an answer gives away.
"""

import itertools
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from cuspide.core.rights import Role
from tests.integration import rights_table
from tests.integration.rights_table import VISITOR
from tests.integration.world import NOWHERE, Sweep, World, ask, place
from tests.support import leaks
from tests.support.leaks import IDENTITY, MEDICAL, UUID

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS")
# What looking may write: that somebody looked, and who she is.
LOOKING = ("audit_", "django_session", "accounts_cache", "accounts_seat", "accounts_opensession")
# Only whoever signs out, or takes a session's end upon herself, may be sent away from where she asked.
LEAVES = {"account_logout", "accounts:end_sessions"}


def text_of(answer: Any) -> str:
    """What a person can read in an answer: of a PDF its text."""
    if answer.headers.get("Content-Type") == "application/pdf":
        import subprocess

        read = subprocess.run(["pdftotext", "-", "-"], input=answer.content, capture_output=True, check=True)
        return read.stdout.decode()
    return str(answer.content.decode("utf-8", errors="replace"))


# Every field of every form at once, each wrong, or the words that must not travel.
TYPED = {
    "text": leaks.BIRTH_NAME, "patient_text": leaks.NIR_SHOWN, "line": leaks.BIRTH_NAME, "q": leaks.PHONE_SHOWN,
    "birth_name": leaks.BIRTH_NAME, "first_birth_given_name": leaks.GIVEN_NAME, "used_name": leaks.USED_NAME,
    "nir": leaks.NIR_SHOWN, "insured_nir": leaks.NIR_SHOWN, "mobile": leaks.PHONE_SHOWN, "email": leaks.EMAIL,
    "line1": leaks.STREET, "note": leaks.DESK_NOTE, "label": leaks.ALERT, "remark": leaks.ALERT_REMARK,
    "reason": "", "birth_date": "31/02/1984", "sex": "?", "version": "0",
    "login": leaks.EMAIL, "name": leaks.USED_NAME,
}  # fmt: skip


@pytest.mark.timeout(600)
def test_no_address_names_a_patient(world: World, sweep: Sweep) -> None:
    faults = []
    for address, path in sweep.over(world, 3):
        if address.name == "core:preferences":
            continue  # sends back to the page that its own form named
        answers = [ask(world, "owner", "GET", path), ask(world, "owner", "POST", path, TYPED)]
        answers.append(ask(world, "owner", "POST", path, TYPED, **{"HX-Request": "true"}))
        answers.append(ask(world, VISITOR, "POST", path, TYPED))
        for answer in answers:
            if rights_table.broke(address.name, answer.status_code):
                faults.append(f"{address.name}: {answer.status_code}")
            for found in leaks.addresses_in(answer):
                faults += [f"{address.name}: {word} in {found}" for word in leaks.said(found, IDENTITY + MEDICAL)]
    assert not faults, "\n".join(sorted(set(faults)))


def test_a_planted_leak_is_found(world: World) -> None:
    """The search itself can fail: what it looks for is on the pages, and is seen in an address in any dress."""
    record = reverse("patients:record", args=[world.marked.patient.uuid])
    shown = text_of(ask(world, "owner", "GET", record))
    assert not set(IDENTITY[:2]) - set(leaks.said(shown, IDENTITY)), "the owner's page names her"
    assert leaks.said(shown, [leaks.ALERT, leaks.NIR])
    assert leaks.said("/patients/?q=zzyxward", IDENTITY) == [leaks.BIRTH_NAME]
    assert leaks.said("/p/2%2084%2003%2075%20123%20001/", IDENTITY) == [leaks.NIR[:13]]


@pytest.mark.timeout(900)
def test_without_the_right_an_answer_is_the_same_for_a_record_that_exists_and_one_that_does_not(
    world: World, sweep: Sweep
) -> None:
    table, faults = rights_table.read(), []
    for address, path in sweep.over(world, 5):
        if not address.uuids:
            continue
        nowhere = place(address, dict.fromkeys(address.uuids, NOWHERE))
        for role in [*(one.value for one in Role), VISITOR]:
            is_open = address.name == "accounts:welcome"
            if role in table[address.name] and not is_open:
                continue
            for method in METHODS:
                for data in (None, TYPED) if method == "POST" else (None,):
                    here = ask(world, role, method, path, data)
                    there = ask(world, role, method, nowhere, data)
                    if _bytes(here) != _bytes(there):
                        faults.append(f"{method} {address.name}: {role}")
    assert not faults, "\n".join(faults)


def _bytes(answer: Any) -> tuple[int, str, str]:
    """Status, headers and body, with every uuid taken for one and without the tokens."""
    headers = sorted((name, value) for name, value in answer.headers.items() if name not in {"Date", "Expires"})
    return (
        answer.status_code,
        UUID.sub("-", repr(headers)),
        UUID.sub("-", leaks.unmarked(answer.content.decode("utf-8"))),
    )


def _names() -> set[str]:
    """What names any patient of the practice: names and NIR."""
    from cuspide.patients.models import Patient

    found = set()
    for one in Patient.objects.all():
        found |= {one.birth_name, one.first_birth_given_name, one.used_name, one.nir[:13]}
    # A given name may be a colleague's too, and three letters are in any text.
    from cuspide.accounts.models import User

    team = " ".join(User.objects.values_list("display_name", flat=True)).casefold()
    return {word for word in found if len(word) > 4 and word.casefold() not in team}


def _uuids_of_rooms() -> set[str]:
    """Uuids of everything that hangs on a patient."""
    from django.apps import apps

    from cuspide.core.models import Exported

    rooms = ("patients", "agenda", "care", "billing")
    return {
        str(one)
        for model in apps.get_models()
        if issubclass(model, Exported) and model._meta.app_label in rooms and "type" not in str(model._meta.model_name)
        for one in model._default_manager.values_list("uuid", flat=True)
    }


def crawled(world: World, role: str, sweep: Sweep) -> Iterator[tuple[str, Any]]:
    """Every page that links lead to from the first one; in an ordinary run so many of them, on ways of chance."""
    seen, waiting, left = {"/"}, ["/"], 400 if sweep.long_run else 120 // sweep.less
    while waiting and left:
        left -= 1
        path = waiting.pop(sweep.chance.randrange(len(waiting)))
        answer = ask(world, role, "GET", path)
        yield path, answer
        for found in leaks.addresses_in(answer):
            target = found.split("#")[0]
            kind = UUID.sub("-", target)
            if target.startswith("/") and not target.startswith("/static/") and kind not in seen and len(seen) < 400:
                seen.add(kind)
                waiting.append(target)


def _all_answers(world: World, role: str, sweep: Sweep) -> Iterator[tuple[str, Any]]:
    yield from crawled(world, role, sweep)
    for address, path in sweep.over(world, 3):
        for data, headers in itertools.product((None, {}, {"text": leaks.BIRTH_NAME}), ({}, {"HX-Request": "true"})):
            if data is None:
                yield f"GET {address.name}", ask(world, role, "GET", path, None, **headers)
            else:
                yield f"POST {address.name}", ask(world, role, "POST", path, data, **headers)


@pytest.mark.timeout(600)
def test_the_technician_is_told_of_no_patient_anywhere(world: World, sweep: Sweep) -> None:
    words, uuids, faults = _names(), _uuids_of_rooms(), []
    for what, answer in _all_answers(world, "technician", sweep):
        shown = text_of(answer)
        typed = {leaks.BIRTH_NAME} if what.startswith("POST") else set()
        faults += [f"{what}: {word}" for word in leaks.said(shown, words - typed)]
        path = answer.request["PATH_INFO"]
        faults += [f"{what}: {one}" for one in UUID.findall(shown) if one in uuids and one not in path]
    assert not faults, "\n".join(sorted(set(faults)))


@pytest.mark.timeout(600)
def test_the_bookkeeper_is_told_nothing_medical(world: World, sweep: Sweep) -> None:
    from cuspide.care.models import Act
    from cuspide.patients.models import Alert

    medical = {*MEDICAL, *Alert.objects.values_list("label", flat=True)}
    medical |= {word for act in Act.objects.all() for word in (act.code, act.label) if len(word) > 4}
    faults, named = [], False
    for what, answer in _all_answers(world, "bookkeeper", sweep):
        if "nomenclature" in what:
            continue  # the price list is nobody's record
        shown = text_of(answer)
        named = named or bool(leaks.said(shown, [leaks.BIRTH_NAME]))
        faults += [f"{what}: {word}" for word in leaks.said(shown, medical)]
    assert named, "the bookkeeper reads who pays"
    assert not faults, "\n".join(sorted(set(faults)))


def _tables() -> dict[str, list[Any]]:
    """All that the store holds, but what looking may write."""
    held = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if not table.startswith(LOOKING):
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
                held[table] = sorted(map(repr, cursor.fetchall()))
    return held


@pytest.mark.timeout(600)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_changes_nothing(world: World, sweep: Sweep, method: str) -> None:
    from django.conf import settings
    from django.contrib.auth import get_user_model

    writes: list[str] = []

    def watch(execute: Any, sql: str, *rest: Any) -> Any:
        verb, *words = sql.replace('"', "").split(None, 3)
        if verb.upper() in {"INSERT", "UPDATE", "DELETE", "REPLACE"}:
            table = words[0] if verb.upper() == "UPDATE" else words[1]
            if not table.startswith(LOOKING):
                writes.append(f"{verb} {table}")
        return execute(sql, *rest)

    before, faults = _tables(), []
    owner = get_user_model().objects.get(pk=_owner_of(world))
    for address, path in sweep.over(world, 2):
        for query in ("", f"?patient={world.marked.patient.uuid}&state=done&action=arrive&submission={uuid.uuid4()}"):
            client = Client(raise_request_exception=False)
            client.force_login(owner, backend=settings.AUTHENTICATION_BACKENDS[-1])
            del writes[:]
            with connection.execute_wrapper(watch):
                answer = client.generic(method, path + query)
            if writes and address.name not in LEAVES:
                faults.append(f"{address.name}: {writes}")
            if method == "GET" and rights_table.broke(address.name, answer.status_code):
                faults.append(f"{address.name}: {answer.status_code}")
            assert "_auth_user_id" in client.session or address.name in LEAVES, address.name
    assert not faults, "\n".join(faults)
    after = _tables()
    changed = [table for table in before if before[table] != after[table]]
    # Signing in moves the day of the last visit on, and nothing else of the person.
    assert [table for table in changed if table != "accounts_user"] == []


def _owner_of(world: World) -> int:
    from cuspide.accounts.models import Membership

    return int(Membership.objects.filter(role=Role.OWNER).values_list("user_id", flat=True)[0])


@pytest.mark.timeout(600)
def test_whoever_reads_of_a_patient_or_is_refused_stands_in_the_trace(world: World, sweep: Sweep) -> None:
    from django.db import transaction

    from cuspide.audit.models import Answer, Entry

    def noted() -> tuple[int, int]:
        """Entries, and answers of a search that becomes an entry when it is over."""
        return Entry.objects.count(), Answer.objects.count()

    here = {"patient": str(world.marked.patient.uuid)}
    searches = {"text": leaks.BIRTH_NAME, "patient_text": leaks.BIRTH_NAME, "from": "chart"}
    faults = []
    for address, path in sweep.over(world, 5):
        for role, (method, data) in itertools.product(
            ("owner", "technician"), (("GET", None), ("GET", here), ("POST", {}), ("POST", searches))
        ):
            for headers in ({}, {"HX-Request": "true"}):
                client = Client(raise_request_exception=False)
                client.cookies["cuspide_session"] = world.cookies[role]
                with transaction.atomic():
                    before = noted()
                    answer = getattr(client, method.lower())(path, data, headers=headers)
                    added = noted() != before
                    transaction.set_rollback(True)
                if getattr(answer, "streaming", False):
                    continue
                shown = leaks.said(text_of(answer), [leaks.BIRTH_NAME, leaks.USED_NAME]) if role == "owner" else []
                # What comes back of one's own words is no reading.
                if shown and str(world.marked.patient.uuid) not in text_of(answer) and data is searches:
                    continue
                if (shown or answer.status_code == 403) and not added:
                    faults.append(f"{method} {address.name} {data or ''} {headers or ''}: {role} {answer.status_code}")
    assert not faults, "\n".join(faults)
