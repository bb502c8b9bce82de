"""Whoever changes the trace behind the program's back is found out, and the row is named."""

import datetime as dt
import random
from collections.abc import Callable

import pytest
from django.db import connection

from cuspide.audit import sealer, trail
from cuspide.audit.models import Entry, Head, Payload
from cuspide.audit.verify import verify
from cuspide.core import clock
from cuspide.core.actor import Actor

pytestmark = pytest.mark.django_db
Found = Callable[[], set[tuple[str, int | None]]]
Tamper = Callable[..., int]
Sealed = Callable[[int], None]


def test_an_untouched_trace_is_whole(sealed: Sealed, found: Found) -> None:
    sealed(10)
    sealed(5)
    verdict = verify()
    assert verdict.whole
    assert (verdict.rows, verdict.last_sequence, verdict.unsealed) == (15, 15, 0)


def test_an_empty_trace_is_whole() -> None:
    assert verify().whole


CHANGES = {
    "uuid": "0195f0a0c1d27cc38000000000000001",
    "actor_user_id": 9,
    "actor_label": "Somebody else",
    "role": "secretary",
    "workstation": "",
    "action": "patients.record",
    "subject_kind": "patients.patient",
    "subject_uuid": "0195f0a0c1d27cc38000000000000002",
    "patient_uuid": "0195f0a0c1d27cc38000000000000003",
    "site_id": 2,
}


@pytest.mark.parametrize("column", CHANGES)
@pytest.mark.parametrize("sequence", [1, 5, 9])
def test_a_changed_column_names_its_row(
    sealed: Sealed, tamper: Tamper, found: Found, column: str, sequence: int
) -> None:
    sealed(9)
    assert tamper(f"UPDATE audit_entry SET {column} = %s WHERE sequence = %s", CHANGES[column], sequence) == 1
    assert found() == {("altered", sequence)}


def test_a_changed_time_names_its_row(sealed: Sealed, tamper: Tamper, found: Found) -> None:
    sealed(4)
    at = Entry.objects.get(sequence=3).at + dt.timedelta(microseconds=1)
    tamper(
        "UPDATE audit_entry SET at = %s WHERE sequence = 3",
        at if connection.vendor == "postgresql" else at.replace(tzinfo=None).isoformat(" "),
    )
    assert found() == {("altered", 3)}


@pytest.mark.parametrize("sequence", [1, 4, 8])
def test_a_changed_link_names_its_row(sealed: Sealed, tamper: Tamper, found: Found, sequence: int) -> None:
    sealed(8)
    tamper("UPDATE audit_entry SET chain = %s WHERE sequence = %s", b"\x00" * 32, sequence)
    assert ("altered", sequence) in found()
    assert {place for kind, place in found() if kind == "altered"} == {sequence}


def test_a_changed_detail_names_its_row(sealed: Sealed, tamper: Tamper, found: Found) -> None:
    sealed(7)
    tamper("UPDATE audit_payload SET body = '{\"number\":99}' WHERE entry_id = %s", Entry.objects.get(sequence=4).pk)
    assert found() == {("payload altered", 4)}


def test_a_removed_detail_names_its_row(sealed: Sealed, tamper: Tamper, found: Found) -> None:
    sealed(7)
    tamper("DELETE FROM audit_payload WHERE entry_id = %s", Entry.objects.get(sequence=4).pk)
    assert found() == {("payload removed", 4)}


def test_a_detail_emptied_without_retention_names_its_row(sealed: Sealed, tamper: Tamper, found: Found) -> None:
    sealed(7)
    now = clock.now() if connection.vendor == "postgresql" else "2026-01-01 00:00:00"
    tamper(
        "UPDATE audit_payload SET body = '', salt = %s, emptied_at = %s WHERE entry_id = %s",
        b"",
        now,
        Entry.objects.get(sequence=4).pk,
    )
    assert found() == {("payload removed", 4)}


def test_a_detail_added_later_names_its_row(sealed: Sealed, found: Found) -> None:
    sealed(3)
    Payload(entry=Entry.objects.get(sequence=2), salt=b"s", body="{}").save()
    assert found() == {("payload added", 2)}


@pytest.mark.parametrize(("first", "last"), [(1, 1), (4, 4), (3, 6), (8, 8), (7, 8), (1, 8)])
def test_removed_rows_are_named(sealed: Sealed, tamper: Tamper, first: int, last: int) -> None:
    sealed(8)
    _remove(tamper, first, last)
    verdict = verify()
    assert {(one.kind, one.sequence, one.last) for one in verdict.faults} == {("removed", first, last)}


def _remove(tamper: Tamper, first: int, last: int) -> None:
    tamper(
        "DELETE FROM audit_payload WHERE entry_id IN (SELECT id FROM audit_entry WHERE sequence BETWEEN %s AND %s)",
        first,
        last,
    )
    tamper("DELETE FROM audit_entry WHERE sequence BETWEEN %s AND %s", first, last)


@pytest.mark.parametrize(("one", "other"), [(1, 2), (2, 7), (3, 4), (1, 8)])
def test_two_rows_that_changed_places_are_both_named(sealed: Sealed, tamper: Tamper, one: int, other: int) -> None:
    sealed(8)
    for old, new in ((one, 1000), (other, one), (1000, other)):
        tamper("UPDATE audit_entry SET sequence = %s WHERE sequence = %s", new, old)
    named = {fault.sequence: fault for fault in verify().faults}
    assert {one, other} <= set(named)
    assert all(fault.kind in {"moved", "altered"} for fault in named.values())
    if abs(one - other) > 1:
        assert (named[one].origin, named[other].origin) == (other, one)


def test_a_row_put_in_between_is_named(sealed: Sealed, tamper: Tamper, found: Found) -> None:
    sealed(6)
    forged = trail.record(Actor.nobody(), "patients.change")
    for place in range(6, 3, -1):
        tamper("UPDATE audit_entry SET sequence = %s WHERE sequence = %s", place + 1, place)
    tamper("UPDATE audit_entry SET sequence = 4, chain = %s WHERE id = %s", b"f" * 32, forged.pk)
    assert {place for _kind, place in found()} >= {4}


def test_rows_cut_off_are_not_made_good_by_sealing_on(sealed: Sealed, tamper: Tamper, found: Found) -> None:
    sealed(8)
    _remove(tamper, 6, 8)
    sealed(4)
    assert ("removed", 6) in found()


def test_a_cut_with_the_head_set_back_leaves_a_scar_for_ever(sealed: Sealed, tamper: Tamper, found: Found) -> None:
    """The attacker knows the last link left, and not the key: the head she writes is not the sealer's."""
    sealed(8)
    _remove(tamper, 6, 8)
    last = bytes(Entry.objects.get(sequence=5).chain or b"")
    tamper("UPDATE audit_head SET sequence = 5, chain = %s, mac = %s", last, last)
    assert found() == {("head", 5)}
    sealed(3)
    assert ("removed", 6) in found(), "sealing on must not launder the cut"


def test_a_removed_head_is_said_and_leaves_a_scar(sealed: Sealed, tamper: Tamper, found: Found) -> None:
    sealed(4)
    tamper("DELETE FROM audit_head")
    assert found() == {("head", None)}
    sealed(2)
    assert found() == {("removed", 5)}


def test_all_recomputed_with_another_key_is_found(
    sealed: Sealed, tamper: Tamper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who has the store without the key recomputes everything with a key of her own: every row betrays it."""
    sealed(6)
    _remove(tamper, 5, 6)
    tamper("UPDATE audit_entry SET sequence = NULL, chain = NULL")
    tamper("DELETE FROM audit_head")
    with monkeypatch.context() as theirs:
        theirs.setattr(sealer, "trace_key", lambda: b"t" * 32)
        sealer.seal_pending()
    kinds = [one.kind for one in verify().faults]
    assert kinds.count("altered") == 4
    assert "head" in kinds


def test_with_an_anchor_even_the_key_does_not_help(sealed: Sealed, tamper: Tamper) -> None:
    sealed(60)
    anchor = sealer.export_head()
    assert anchor is not None
    _remove(tamper, 11, 60)
    tamper("UPDATE audit_entry SET sequence = NULL, chain = NULL")
    tamper("DELETE FROM audit_head")
    sealer.seal_pending()
    assert verify().whole, "nothing inside tells it any more"
    assert [(one.kind, one.sequence) for one in verify(anchors=[(60, anchor.chain)]).faults] == [("anchor", 60)]


def test_an_entry_that_waits_too_long_for_its_seal_is_said(found: Found) -> None:
    with clock.freeze(clock.now() - dt.timedelta(minutes=2)):
        trail.record(Actor.nobody(), "accounts.sign_in_refused")
    assert found() == {("unsealed", None)}


def test_nothing_a_vandal_writes_makes_verification_stumble(sealed: Sealed, tamper: Tamper, store_name: str) -> None:
    sealed(9)
    for sequence, column in enumerate(["uuid", "at", "actor_label", "digest", "chain", "action"], start=2):
        if store_name == "sqlite":
            tamper(f"UPDATE audit_entry SET {column} = x'ff00fe' WHERE sequence = {sequence}")
            tamper("UPDATE audit_payload SET body = x'ff'")
        elif column in {"digest", "chain"}:
            tamper(f"UPDATE audit_entry SET {column} = '\\xff00fe' WHERE sequence = {sequence}")
        else:
            tamper(
                f"UPDATE audit_entry SET actor_label = '\ud83d\ude00é' WHERE sequence = {sequence}".encode(
                    "utf-16", "surrogatepass"
                ).decode("utf-16")
            )
    assert {one.sequence for one in verify().faults} >= set(range(2, 8))


@pytest.mark.parametrize("run", range(12))
def test_any_single_act_of_vandalism_is_found(sealed: Sealed, tamper: Tamper, chance: random.Random, run: int) -> None:
    """A random row of a random trace is changed, removed, moved or repeated."""
    length = chance.randint(2, 40)
    sealed(length)
    victim, other = chance.sample(range(1, length + 1), 2)
    act = chance.choice(["change", "remove", "swap", "link", "digest", "renumber"])
    if act == "change":
        column = chance.choice(list(CHANGES))
        tamper(f"UPDATE audit_entry SET {column} = %s WHERE sequence = %s", CHANGES[column], victim)
    elif act == "remove":
        _remove(tamper, victim, victim)
    elif act == "swap":
        for old, new in ((victim, 1000), (other, victim), (1000, other)):
            tamper("UPDATE audit_entry SET sequence = %s WHERE sequence = %s", new, old)
    elif act == "renumber":
        tamper("UPDATE audit_entry SET sequence = %s WHERE sequence = %s", length + 1, victim)
    else:
        column = "chain" if act == "link" else "digest"
        tamper(f"UPDATE audit_entry SET {column} = %s WHERE sequence = %s", chance.randbytes(32), victim)
    assert any(one.sequence == victim for one in verify().faults), (act, victim, length)


def test_the_head_says_where_the_chain_stands(sealed: Sealed) -> None:
    assert sealer.export_head() is None
    sealed(3)
    head = sealer.export_head()
    assert head is not None
    assert head.sequence == 3
    assert head.chain == bytes(Entry.objects.get(sequence=3).chain or b"").hex()
    assert Head.objects.count() == 1
