"""A change of the practice's key begins another era of the trace: what was before stays proved, by its own key."""

import datetime as dt
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import transaction

from cuspide.audit import anchors, chain, eras, retention, sealer
from cuspide.audit.models import Entry, Head
from cuspide.audit.verify import verify
from cuspide.core import clock, keystore
from cuspide.core.actor import Actor
from cuspide.core.keys import retired
from cuspide.core.keys.uses import Exchange, uses
from cuspide.core.models import RetiredKey

pytestmark = pytest.mark.django_db
NEW = b"\x07" * 32


@pytest.fixture
def changed(sealed: Callable[[int], None]) -> Iterator[Exchange]:
    """Twenty entries, a change of the key, ten more."""
    sealed(20)
    exchange = Exchange(keystore.master(keystore.practice_home()), NEW)
    with keystore.standing_in(NEW):
        change(exchange)
        sealed(10)
        yield exchange


def change(exchange: Exchange) -> None:
    with transaction.atomic():
        said = retired.notes()
        for use in uses:
            if use.remake is not None:
                use.remake(exchange)
        retired.retire(exchange, said)


def recompute(key: bytes, tamper: Callable[..., int], last: int) -> None:
    """Every link up to an entry made anew, as somebody does who has that key."""
    previous = chain.GENESIS
    for entry in Entry.objects.filter(sequence__lte=last).order_by("sequence"):
        assert entry.sequence is not None
        previous = chain.link(key, previous, entry.sequence, sealer.columns(entry))
        tamper("UPDATE audit_entry SET chain = %s WHERE sequence = %s", previous, entry.sequence)


def test_the_trace_is_whole_across_a_change_of_key(changed: Exchange) -> None:
    verdict = verify()
    assert verdict.whole, verdict.faults
    assert verdict.rows == 30
    assert eras.trace_keys().ends == (20,)


def test_the_trace_is_whole_across_two_changes(changed: Exchange, sealed: Callable[[int], None]) -> None:
    third = b"\x09" * 32
    with keystore.standing_in(third):
        change(Exchange(NEW, third))
        sealed(5)
        verdict = verify()
        assert verdict.whole, verdict.faults
        assert eras.trace_keys().ends == (20, 30)
        assert [one.mark for one in retired.kept()] == [keystore.key_id(changed.old_master), keystore.key_id(NEW)]
        assert retired.mark_of_store() == keystore.key_id(third)
    assert retired.kept() == [], "the key before opens none of them"


def test_who_has_the_old_key_cannot_rewrite_its_era(changed: Exchange, tamper: Callable[..., int]) -> None:
    tamper("UPDATE audit_entry SET actor_label = 'Somebody else' WHERE sequence = 12")
    recompute(changed.old("audit"), tamper, 20)
    assert not verify().whole


def test_nor_carry_its_era_on_to_the_end(changed: Exchange, tamper: Callable[..., int]) -> None:
    """With the era's end moved as well: it is sealed under the new key, and so is the head."""
    tamper("UPDATE audit_entry SET actor_label = 'Somebody else' WHERE sequence = 28")
    recompute(changed.old("audit"), tamper, 30)
    head = Head.objects.get()
    link = bytes(Entry.objects.get(sequence=30).chain or b"")
    proof = chain.head_mac(changed.old("audit"), head.sequence, link)
    tamper("UPDATE audit_head SET chain = %s, mac = %s", link, proof)
    assert not verify().whole


def test_an_era_whose_key_was_taken_away_is_found(changed: Exchange) -> None:
    RetiredKey.objects.all().delete()
    assert not verify().whole


def test_a_head_that_was_not_ours_is_not_healed(sealed: Callable[[int], None], tamper: Callable[..., int]) -> None:
    sealed(5)
    tamper("UPDATE audit_head SET sequence = 3, chain = (SELECT chain FROM audit_entry WHERE sequence = 3)")
    exchange = Exchange(keystore.master(keystore.practice_home()), NEW)
    before = verify().faults
    assert before
    with keystore.standing_in(NEW):
        change(exchange)
        assert verify().faults == before


def test_an_anchor_from_before_still_proves_its_time_and_nothing_later(
    sealed: Callable[[int], None], tmp_path: Path
) -> None:
    sealed(20)
    file = anchors.to_folder(anchors.current(), tmp_path)
    exchange = Exchange(keystore.master(keystore.practice_home()), NEW)
    # The program that runs is of the new key in all but its mark: the old one is taken for another practice's.
    said = json.loads(file.read_text()) | {"practice": "0123456789abcdef"}
    said.pop("signature")
    with keystore.standing_in(NEW):
        change(exchange)
        sealed(10)
        RetiredKey.objects.all().delete()
        retired_as("0123456789abcdef", exchange.old_master, 20)
        key = exchange.old("audit-anchor")
        written = json.dumps(said | {"signature": anchors._signature(said, key)})
        (anchor,) = anchors.in_file(written)
        verdict = verify(anchors=[(anchor.sequence, anchor.chain)])
        assert verdict.whole, verdict.faults
        assert verdict.anchored == 1
        later = said | {"sequence": 25, "chain": bytes(Entry.objects.get(sequence=25).chain or b"").hex()}
        forged = json.dumps(later | {"signature": anchors._signature(later, key)})
        with pytest.raises(anchors.AnchorError):
            anchors.in_file(forged)


def retired_as(mark: str, master: bytes, last: int) -> None:
    one = retired.Retired(mark, master, {"audit": last})
    RetiredKey.objects.create(
        mark=mark, successor="f" * 16, sealed=retired._sealed(one, "f" * 16, keystore.derive(retired.LABEL))
    )


def test_what_retention_emptied_before_stays_allowed(sealed: Callable[[int], None]) -> None:
    with clock.freeze(clock.now() - dt.timedelta(days=900)):
        sealed(9)
    assert retention.empty_details(Actor.system("retention")) == 3
    sealer.seal_all()
    assert verify().whole
    exchange = Exchange(keystore.master(keystore.practice_home()), NEW)
    with keystore.standing_in(NEW):
        change(exchange)
        verdict = verify()
        assert verdict.whole, verdict.faults
        assert verdict.emptied == 3
