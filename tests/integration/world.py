"""Every address of the program, asked by everybody of a practice with one patient whose every word is hers alone."""

import random
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pytest
import zeal
from django.http import HttpResponse
from django.test import Client, TestCase
from django.urls import reverse

from cuspide.core.rights import Role
from tests.integration import rights_table
from tests.integration.rights_table import Address
from tests.support import leaks

T = TypeVar("T")
NOWHERE = uuid.UUID("0195f0a0-c1d2-7cc3-8000-00000000dead")
# Which record an address means, by the name of its parameter; `uuid` is the room's own kind.
OF_ROOM = {
    "agenda:appointment": "appointment", "agenda:move": "appointment", "agenda:amend": "appointment",
    "agenda:cancel": "appointment", "agenda:state": "appointment",
    "billing:invoice": "invoice", "billing:invoice_document": "invoice", "billing:cancel_invoice": "invoice",
    "billing:receipt": "receipt", "billing:receipt_document": "receipt", "billing:void_payment": "payment",
}  # fmt: skip
# An act that is done is taken back only by whoever treats; what the table says is of planned ones.
ACT_OF = {"care:void_act": "planned", "care:complete_act": "planned"}


@dataclass
class World:
    marked: leaks.Marked
    cookies: dict[str, str] = field(default_factory=dict)
    other: dict[str, uuid.UUID] = field(default_factory=dict)


@contextmanager
def _undone() -> Iterator[None]:
    """What is written meanwhile is undone, as after a test."""
    from django.db import transaction

    block = transaction.atomic()
    block._from_testcase = True  # the program's own outermost transactions may be inside
    with block:
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def _world(_kept_nomenclature: list[tuple[str, str]], django_db_blocker: Any) -> Iterator[World]:
    """Made once a file: each test of it finds it as it was made."""
    from tests.support.kept import bring_back

    with django_db_blocker.unblock(), _undone():
        bring_back(_kept_nomenclature)
        yield _made()


@pytest.fixture
def world(_world: World) -> Iterator[World]:
    """The demo practice, small, with one patient whose every word is hers alone."""
    with _undone():
        yield _world


def _made() -> World:
    from django.conf import settings

    from cuspide.accounts.models import Membership
    from cuspide.accounts.selectors import actor_of
    from cuspide.accounts.services import end_emergency, invite, open_emergency
    from cuspide.accounts.services.stations import Described, name_workstation
    from cuspide.audit.models import Entry
    from cuspide.billing.services import documents
    from cuspide.core import demo
    from cuspide.nomenclature.models import Act
    from cuspide.patients.services.coverage import add_exemption

    context = demo.build(demo.DemoContext(patients=4, years_behind=1, weeks_ahead=1))
    made = World(
        leaks.mark(context.shared["site"], context.shared["chairs"][0], next(iter(context.shared["practitioners"])))
    )
    typed = {"kind": "ald", "applies_from": made.marked.patient.created_at.date()}
    made.marked.records["right"] = add_exemption(context.actor, made.marked.patient, typed)[0]
    made.marked.records["recall"] = _recall(made.marked.patient)
    # What the program does by itself once a payment is committed, which a test's transaction never is.
    with TestCase.captureOnCommitCallbacks(execute=True):
        documents.keep_after_commit(made.marked.records["invoice"], made.marked.records["receipt"])
    users = context.shared["users"]
    code = invite(context.actor, email="nouvelle@tilleuls.example", name="Nouvelle Venue", role=Role.SECRETARY)
    # Who owns the demo's practice treats there too; here each role is asked for by itself.
    Membership.objects.filter(user=users[Role.OWNER]).exclude(role=Role.OWNER).delete()
    reached = Described("Fauteuil 1", "chairside", context.shared["site"], 15, "nothing")
    station, _token = name_workstation(context.actor, reached)
    treating = actor_of(users[Role.DENTIST])
    made.other = {
        "accounts:review_emergency": open_emergency(
            treating, reason="Douleur aiguë, personne d’autre au cabinet", patient=made.marked.patient.uuid
        ).uuid,
        "accounts:edit_station": station.uuid,
        "accounts:retire_station": station.uuid,
        "accounts": users[Role.SECRETARY].uuid,
        "accounts:welcome": code.page,
        "practice": context.shared["practitioners"][-1].uuid,
        "portability": _import(context.actor),
        "continuity": _place(),
        "audit": Entry.objects.latest("pk").uuid,
        "nomenclature": Act.objects.filter(code="HBMD053").values_list("uuid", flat=True)[0],
    }
    for role, user in users.items():
        client = Client()
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
        made.cookies[str(role.value)] = client.cookies["cuspide_session"].value
        client.get("/")  # her place at this browser is taken: not again by every request that is undone
    end_emergency(treating)
    return made


def _recall(patient: Any) -> Any:
    """A recall that another program had reckoned."""
    from cuspide.agenda.models import DueRecall

    due = patient.created_at.date()
    return DueRecall.objects.create(patient=patient, program="Open Dental", number="1", label="Prophy", due_on=due)


def _place() -> uuid.UUID:
    """A place of backups with one copy."""
    from cuspide.continuity.models import Kind, Outcome, Run
    from cuspide.core import clock
    from tests.support.backups import a_place

    made = a_place()
    now = clock.now()
    copied = {"started_at": now, "ended_at": now, "snapshot": "c" * 64}
    Run.objects.create(destination=made, kind=Kind.COPY, outcome=Outcome.DONE, **copied)
    return made.uuid


def _import(actor: Any) -> uuid.UUID:
    """A file that was rehearsed."""
    from cuspide.portability.services import filing, working

    taken = filing.take_in(actor, "patients.csv", [b"Nom;Prenom;Ne le;Truc\nEXEMPLE;Luc;07/03/1984;x\nEXEMPLE;;;\n"])
    return working.work(working.rehearse(actor, taken).pk).uuid


def meant(world: World, address: Address) -> dict[str, uuid.UUID]:
    """The marked patient's record that each uuid of an address means."""
    found = {}
    for name in address.uuids:
        kind = name if name in world.marked.records else OF_ROOM.get(address.name, "")
        kind = ACT_OF.get(address.name, kind) if name == "act" else kind
        room = address.name.split(":")[0]
        if kind:
            found[name] = world.marked.records[kind].uuid
        else:
            found[name] = world.other.get(address.name) or world.other.get(room) or world.marked.patient.uuid
    return found


def place(address: Address, uuids: dict[str, uuid.UUID]) -> str:
    return reverse(address.name, kwargs={**address.others, **uuids})


def ask(world: World, role: str, method: str, path: str, data: Any = None, **headers: str) -> Any:
    """One request in a browser of its own; what it wrote is undone.

    For one query a row it is watched where the owner reads: nobody is shown more than she.
    """
    with nullcontext() if (role, method) == (Role.OWNER.value, "GET") else zeal.zeal_ignore():
        return asked_with(world.cookies.get(role, ""), method, path, data, **headers)


def asked_with(cookie: str, method: str, path: str, data: Any = None, **headers: str) -> Any:
    """One request with this cookie of a session, or without one; what it wrote is undone."""
    from django.db import transaction

    from cuspide.accounts.selectors import forget_kept_rights

    client = Client(raise_request_exception=False)
    if cookie:
        client.cookies["cuspide_session"] = cookie
    with transaction.atomic():
        if data is None:
            answer = client.generic(method, path, b"", "application/x-www-form-urlencoded", headers=headers)
        else:
            answer = client.post(path, data, headers=headers)
        if getattr(answer, "streaming", False):
            streamed = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
            answer = HttpResponse(streamed, status=answer.status_code, headers=dict(answer.items()))
        transaction.set_rollback(True)
    forget_kept_rights()
    return answer


def every(world: World) -> Iterator[tuple[Address, str]]:
    for address in rights_table.addresses():
        yield address, place(address, meant(world, address))


class Sweep:
    """What asks much of every address: all of it in a long run, a share by the seed in an ordinary one.

    On PostgreSQL the ordinary share is a quarter of that on SQLite: it is the same program that answers.
    """

    def __init__(self, chance: random.Random, long_run: bool, store_name: str) -> None:
        self.chance, self.long_run = chance, long_run
        self.less = 1 if store_name == "sqlite" else 4

    def some(self, trials: Sequence[T], share: int) -> list[T]:
        """One in `share` of the trials, at least one."""
        if self.long_run or share * self.less == 1:
            return list(trials)
        return self.chance.sample(trials, max(1, len(trials) // (share * self.less)))

    def over(self, world: World, share: int) -> list[tuple[Address, str]]:
        """Addresses, each with the path that means the marked patient's record."""
        return self.some(list(every(world)), share)


@pytest.fixture
def sweep(chance: random.Random, long_run: bool, store_name: str) -> Sweep:
    return Sweep(chance, long_run, store_name)
