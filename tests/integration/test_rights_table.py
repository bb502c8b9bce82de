"""Every address of the program, asked by every role and by a visitor, against the committed table of rights."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import path, reverse
from django.urls.resolvers import RegexPattern, URLResolver

from cuspide.core.rights import Role, access_of
from tests.integration import rights_table
from tests.integration.rights_table import VISITOR, Address
from tests.integration.world import NOWHERE, Sweep, World, ask, meant, place
from tests.support import leaks
from tests.support.leaks import UUID

METHODS = ("GET", "POST")
LEADS_TO_SIGN_IN = {"account_logout", "mfa_authenticate", "accounts:end_sessions", "accounts:somebody_else"}


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


def is_sent_to_sign_in(answer: Any) -> bool:
    return answer.status_code == 302 and answer["Location"].startswith(reverse("account_login"))


def shown(answer: Any) -> str:
    """An answer without what differs from request to request anyway."""
    return UUID.sub("-", leaks.unmarked(answer.content.decode(errors="replace")))


def faults_of(world: World, address: Address, table: dict[str, list[str]]) -> Iterator[str]:
    """What is not as the table says, of one address."""
    uuids = meant(world, address)
    here, nowhere_path = place(address, uuids), place(address, dict.fromkeys(uuids, NOWHERE))
    if uuids and ask(world, Role.OWNER.value, "GET", here).status_code == 404:
        yield f"{address.name}: the practice has none of what it shows"
    for role, method in itertools.product([*(one.value for one in Role), VISITOR], METHODS):
        what = f"{method} {address.name}: {role}"
        answer = ask(world, role, method, here)
        if rights_table.broke(address.name, answer.status_code):
            yield f"{what} gets {answer.status_code}"
        sent = is_sent_to_sign_in(answer)
        if role in rights_table.allowed(table, address.name, method):
            if answer.status_code == 403:
                yield f"{what} should reach it and is refused"
            if role != VISITOR and sent and address.name not in LEADS_TO_SIGN_IN:
                yield f"{what} is sent to sign-in"
        elif role == VISITOR:
            if not sent or (uuids and not is_sent_to_sign_in(ask(world, role, method, nowhere_path))):
                yield f"{what} should be sent to sign-in"
        else:
            if answer.status_code != 403:
                yield f"{what} should be refused and gets {answer.status_code}"
            if role in table[address.name] or not uuids:
                continue  # may read the record, so knows that it exists; or it is of no record
            nowhere = ask(world, role, method, nowhere_path)
            if shown(answer) != shown(nowhere) or nowhere.status_code != 403:
                yield f"{what} learns whether the record exists"


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_everybody_reaches_what_the_table_says_and_nothing_else(world: World, sweep: Sweep) -> None:
    table = rights_table.read()
    faults = [
        fault
        for address in sweep.some(rights_table.addresses(), 1)
        if address.name in table
        for fault in faults_of(world, address, table)
    ]
    assert not faults, "\n".join(faults)


def test_an_act_that_was_done_is_taken_back_only_by_those_who_treat(world: World) -> None:
    done = reverse("care:void_act", args=[world.marked.patient.uuid, world.marked.records["act"].uuid])
    refused = [one.value for one in Role if ask(world, one.value, "POST", done).status_code == 403]
    assert refused == [one.value for one in Role if one not in {Role.OWNER, Role.DENTIST}]


def test_the_technician_reaches_no_page_of_a_patient() -> None:
    rooms = {"patients", "agenda", "care", "billing"}
    reached = [name for name, roles in rights_table.read().items() if "technician" in roles]
    assert not [name for name in reached if name.split(":")[0] in rooms]
