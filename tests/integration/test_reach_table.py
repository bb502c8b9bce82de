"""Every address that names a record, asked by people whose rights do not reach everything, against a committed table.

`reach_table.json` has a row an address: who reaches the record when she has the role at its site, who when she has it
at another site; and whether a dentist does who is limited to the agenda it belongs to or to another's, and a
replacement of the dentist it belongs to or of another. Every record of the table is one of site A, of one dentist.

`CUSPIDE_WRITE_REACH=1 pytest tests/integration/test_reach_table.py` writes what was seen; look at what it changes.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from cuspide.core.rights import Role
from tests.integration import rights_table, sites
from tests.integration.rights_table import Address
from tests.integration.world import NOWHERE, Sweep, World, asked_with, meant, place
from tests.support import leaks
from tests.support.leaks import UUID

TABLE = Path(__file__).with_name("reach_table.json")
ROLES = [role.value for role in Role]
# What belongs to no site: an act of the nomenclature, the page where an invited person chooses a password, the question
# that a locked browser asks for a place of its own (any other is answered as one that is gone).
OF_THE_PRACTICE = {"nomenclature:act", "nomenclature:set-fee", "accounts:welcome", "accounts:unlock_passkey",
                   "patients:change_correspondent", "patients:retire_correspondent"}  # fmt: skip
NARROW = ("own agenda", "another's agenda", "replaces", "replaces another")


def addresses() -> list[Address]:
    return [one for one in rights_table.addresses() if one.uuids]


def read() -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = json.loads(TABLE.read_text(encoding="utf-8"))
    return found


def write(table: dict[str, dict[str, list[str]]]) -> None:
    rows = ",\n".join(f"  {json.dumps(name)}: {json.dumps(table[name])}" for name in sorted(table))
    TABLE.write_text("{\n" + rows + "\n}\n", encoding="utf-8")


def test_every_address_of_a_record_stands_in_the_table() -> None:
    assert sorted(read()) == sorted({one.name for one in addresses()}), "run with CUSPIDE_WRITE_REACH=1, and look"


def test_nobody_of_another_site_is_in_the_table_where_a_record_has_a_site() -> None:
    reached = {name: row["other site"] for name, row in read().items() if name not in OF_THE_PRACTICE}
    assert not {name: roles for name, roles in reached.items() if roles}


def test_a_narrow_person_reaches_no_more_than_a_dentist_of_the_site() -> None:
    for name, row in read().items():
        if row["narrow"] and "dentist" not in row["own site"]:
            pytest.fail(f"{name}: {row}")
        if name not in OF_THE_PRACTICE:
            assert not {"another's agenda", "replaces another"} & set(row["narrow"]), name


def cookie_of(user: Any) -> str:
    return str(sites.browser(user).cookies["cuspide_session"].value)


def ask(cookie: str, path: str) -> Any:
    """The address as a page; where it takes only forms, as an empty one."""
    answer = asked_with(cookie, "GET", path)
    return asked_with(cookie, "POST", path) if answer.status_code == 405 else answer


def is_refused(answer: Any) -> bool:
    return answer.status_code in (403, 404)


def plain(answer: Any) -> str:
    return UUID.sub("-", leaks.unmarked(answer.content.decode(errors="replace")))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_everybody_reaches_what_the_table_of_reach_says(world: World, sweep: Sweep) -> None:
    from cuspide.practice.models import Practitioner, Site

    site = Site.objects.get()
    two = sites.second_site(site.entity)
    own, another = Practitioner.objects.filter(pk=world.marked.records["act"].practitioner_id).get(), two.dentist_there
    other = Practitioner.objects.exclude(pk__in=[own.pk, another.pk]).first()
    here = {role: cookie_of(sites.person(role, site)) for role in ROLES}
    there = {role: cookie_of(sites.person(role, two.there)) for role in ROLES}
    stand_in, stand_in_of_other = sites.account("remplace@deux.example"), sites.account("autre@deux.example")
    sites.replacing(stand_in, own, site)
    sites.replacing(stand_in_of_other, other, site)
    narrow = {
        "own agenda": sites.person("dentist", site, practitioner=own, own_agenda=True, login="sienne@deux.example"),
        "another's agenda": sites.person(
            "dentist", site, practitioner=other, own_agenda=True, login="celle-d-autrui@deux.example"
        ),
        "replaces": stand_in,
        "replaces another": stand_in_of_other,
    }
    # The account that the team's addresses mean works at the site, and nowhere else.
    from cuspide.accounts.models import Membership, User

    Membership.objects.filter(user__uuid=world.other["accounts"]).update(site=site)
    assert User.objects.get(uuid=world.other["accounts"]).memberships.count() == 1
    narrow_cookies = {name: cookie_of(user) for name, user in narrow.items()}
    seen: dict[str, dict[str, list[str]]] = {}
    faults = []
    writing = bool(os.environ.get("CUSPIDE_WRITE_REACH"))
    for address in addresses() if writing else sweep.some(addresses(), 4):
        uuids = meant(world, address)
        path, nowhere = place(address, uuids), place(address, dict.fromkeys(uuids, NOWHERE))
        row: dict[str, list[str]] = {"own site": [], "other site": [], "narrow": []}
        for column, people in (("own site", here), ("other site", there), ("narrow", narrow_cookies)):
            for name, cookie in people.items():
                answer = ask(cookie, path)
                if answer.status_code >= 500:
                    faults.append(f"{address.name}: {column} {name} gets {answer.status_code}")
                if not is_refused(answer):
                    row[column].append(name)
                elif name in {"owner", "dentist", "another's agenda"} and column != "own site":
                    unknown = ask(cookie, nowhere)
                    if (answer.status_code, plain(answer)) != (unknown.status_code, plain(unknown)):
                        faults.append(f"{address.name}: {column} {name} learns whether the record exists")
        seen[address.name] = row
    if writing:
        write(seen)
    differing = {name: row for name, row in seen.items() if read().get(name) != row}
    assert not faults, "\n".join(faults)
    assert not differing
