"""Every address of the program, asked by every role and by a visitor, against the committed table of rights."""

import itertools
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import path, reverse
from django.urls.resolvers import RegexPattern, URLResolver

from cuspide.core.rights import Role, access_of
from tests.integration import rights_table
from tests.integration.rights_table import VISITOR, Address

NOWHERE = uuid.UUID("0195f0a0-c1d2-7cc3-8000-00000000dead")
METHODS = ("GET", "POST")
LEADS_TO_SIGN_IN = {"account_logout", "mfa_authenticate", "accounts:end_sessions"}


def test_every_address_stands_in_the_table() -> None:
    missing = rights_table.unlisted(rights_table.addresses(), rights_table.read())
    assert not missing, "run: python -m tests.integration.rights_table --write, and look at what it adds"


def test_no_row_is_of_an_address_that_is_gone() -> None:
    assert not rights_table.forgotten(rights_table.addresses(), rights_table.read())


def test_a_planted_address_that_nobody_listed_is_found() -> None:
    def planted(_request: Any) -> HttpResponse:
        return HttpResponse("secret")

    patterns = [path("planted/<uuid:uuid>/", planted, name="planted"), path("hidden/", planted)]
    found = rights_table.addresses(URLResolver(RegexPattern(r"^/"), patterns))
    assert rights_table.unlisted(found, rights_table.read()) == ["planted", "unnamed hidden/"]
    assert [rights_table.proposal(one) for one in found] == [[], []], "what declares nothing is for nobody"
    assert rights_table.forgotten(found, {"gone:page": []}) == ["gone:page"]


def test_every_view_declares_its_access() -> None:
    assert not [one.name for one in rights_table.addresses() if access_of(one.view) is None]


@dataclass
class World:
    """A practice with something of everything, and a browser for each role."""

    cookies: dict[str, str] = field(default_factory=dict)
    records: dict[str, list[uuid.UUID]] = field(default_factory=dict)

    def uuids_for(self, address: Address) -> list[uuid.UUID]:
        """Uuids of records that an address may mean: patients, and a record of each kind of its room."""
        room = address.name.split(":")[0]
        return self.records.get(room, []) + (self.records["patients"][:1] if room != "patients" else [])


@pytest.fixture
def world(db: None) -> World:
    """The demo practice, small."""
    from django.apps import apps
    from django.conf import settings

    from cuspide.core import demo
    from cuspide.core.models import Exported

    context = demo.build(demo.DemoContext(patients=8, years_behind=1, weeks_ahead=1))
    made = World()
    for role, user in context.shared["users"].items():
        client = Client()
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
        made.cookies[str(role.value)] = client.cookies["cuspide_session"].value
    for model in apps.get_models():
        if issubclass(model, Exported):
            first = model._default_manager.order_by("pk").values_list("uuid", flat=True).first()
            if first is not None:
                made.records.setdefault(model._meta.app_label, []).append(first)
    from cuspide.patients.models import Patient

    made.records["patients"].insert(0, Patient.objects.order_by("pk").values_list("uuid", flat=True)[0])
    return made


def ask(world: World, role: str, method: str, address: str) -> Any:
    """One request in a browser of its own, and everything it did undone."""
    from django.db import transaction

    from cuspide.accounts.selectors import forget_kept_rights

    client = Client(raise_request_exception=False)
    if role != VISITOR:
        client.cookies["cuspide_session"] = world.cookies[role]
    with transaction.atomic():
        answer = client.generic(method, address, b"", "application/x-www-form-urlencoded")
        if hasattr(answer, "streaming_content"):
            b"".join(answer.streaming_content)
        transaction.set_rollback(True)
    forget_kept_rights()
    return answer


def address_of(address: Address, which: uuid.UUID) -> str:
    return reverse(address.name, kwargs={**address.others, **dict.fromkeys(address.uuids, which)})


def is_sent_to_sign_in(answer: Any) -> bool:
    return answer.status_code == 302 and answer["Location"].startswith(reverse("account_login"))


def shown(answer: Any) -> str:
    """An answer without what differs from request to request anyway."""
    text = answer.content.decode(errors="replace")
    text = re.sub(r'name="(csrfmiddlewaretoken|submission)" value="[^"]*"|name="csrf-token" content="[^"]*"', "", text)
    return re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "", text)


def meant_by(world: World, address: Address) -> list[uuid.UUID]:
    """The record that an address means: the one with which the owner sees a page; else a few that it may mean."""
    if not address.uuids:
        return [NOWHERE]
    candidates = world.uuids_for(address)
    for one in candidates:
        if ask(world, Role.OWNER.value, "GET", address_of(address, one)).status_code not in {404, 405}:
            return [one]
    return candidates[:3]


def faults_of(world: World, address: Address, table: dict[str, list[str]]) -> Iterator[str]:
    """What is not as the table says, of one address."""
    records = meant_by(world, address)
    for role, method in itertools.product([*(one.value for one in Role), VISITOR], METHODS):
        what = f"{method} {address.name}: {role}"
        answers = [ask(world, role, method, address_of(address, one)) for one in records]
        yield from (f"{what} gets {answer.status_code}" for answer in answers if answer.status_code >= 500)
        sent = [is_sent_to_sign_in(answer) for answer in answers]
        if role in rights_table.allowed(table, address.name, method):
            if any(answer.status_code == 403 for answer in answers):
                yield f"{what} should reach it and is refused"
            if role != VISITOR and any(sent) and address.name not in LEADS_TO_SIGN_IN:
                yield f"{what} is sent to sign-in"
        elif role == VISITOR:
            nowhere = ask(world, role, method, address_of(address, NOWHERE))
            if not all(sent) or not is_sent_to_sign_in(nowhere):
                yield f"{what} should be sent to sign-in"
        else:
            if any(answer.status_code != 403 for answer in answers):
                yield f"{what} should be refused and gets {[answer.status_code for answer in answers]}"
            if role in table[address.name]:
                continue  # may read the record, so knows that it exists
            nowhere = ask(world, role, method, address_of(address, NOWHERE))
            if any(shown(answer) != shown(nowhere) or nowhere.status_code != 403 for answer in answers):
                yield f"{what} learns whether the record exists"


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_everybody_reaches_what_the_table_says_and_nothing_else(world: World) -> None:
    table = rights_table.read()
    faults = [
        fault
        for address in rights_table.addresses()
        if address.name in table
        for fault in faults_of(world, address, table)
    ]
    assert not faults, "\n".join(faults)


def test_the_technician_reaches_no_page_of_a_patient() -> None:
    rooms = {"patients", "agenda", "care", "billing"}
    reached = [name for name, roles in rights_table.read().items() if "technician" in roles]
    assert not [name for name in reached if name.split(":")[0] in rooms]
