"""Heads kept elsewhere: with one, even somebody who has store and key cannot rewrite what was."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cuspide.audit import anchors, sealer, trail
from cuspide.audit.models import Entry, Head
from cuspide.audit.verify import verify
from cuspide.core import clock, keystore
from cuspide.core.actor import Actor
from cuspide.core.models import OutboxMessage
from tests.support.points import only

pytestmark = pytest.mark.django_db
JOB = Actor.system("anchor")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The practice's folder of anchors, in a place of this test's own."""
    monkeypatch.setattr(anchors, "FOLDER", str(tmp_path / "kept"))
    return tmp_path / "kept"


@pytest.fixture
def an_anchor(sealed: Callable[[int], None], folder: Path) -> anchors.Anchor:
    sealed(60)
    return anchors.current()


def recompute(tamper: Callable[..., int]) -> None:
    """What somebody does who has the practice's own key: every link, the head and its proof made anew. Rows that were
    cut and put back elsewhere get the numbers of their new places."""
    tamper("UPDATE audit_entry SET sequence = NULL, chain = NULL")
    tamper("DELETE FROM audit_head")
    sealer.seal_all()


def remove(tamper: Callable[..., int], first: int, last: int) -> None:
    chosen = "SELECT id FROM audit_entry WHERE sequence BETWEEN %s AND %s"
    tamper(f"DELETE FROM audit_payload WHERE entry_id IN ({chosen})", first, last)
    tamper("DELETE FROM audit_entry WHERE sequence BETWEEN %s AND %s", first, last)


def alter(tamper: Callable[..., int]) -> None:
    tamper("UPDATE audit_entry SET actor_label = 'Somebody else' WHERE sequence = 20")


def take_out(tamper: Callable[..., int]) -> None:
    remove(tamper, 20, 20)


def move(tamper: Callable[..., int]) -> None:
    """Two rows change places; `recompute` seals in the order of the primary key."""
    first, other = (Entry.objects.get(sequence=number) for number in (20, 41))
    for column in ("actor_label", "action", "workstation"):
        tamper(f"UPDATE audit_entry SET {column} = {column} || 'x' WHERE id IN (%s, %s)", first.pk, other.pk)


def cut(tamper: Callable[..., int]) -> None:
    remove(tamper, 11, 60)


def cut_and_go_on(tamper: Callable[..., int]) -> None:
    """The last fifty are cut and invented ones stand in their place, so that even the length is right."""
    remove(tamper, 11, 60)
    for _number in range(55):
        trail.record(Actor(user_id=7, label="Dr Claire Aubert"), "patients.record")


@pytest.mark.parametrize("attack", [alter, take_out, move, cut, cut_and_go_on])
def test_rewritten_with_the_practices_own_key_and_found_by_every_kind_of_anchor(
    an_anchor: anchors.Anchor, tamper: Callable[..., int], tmp_path: Path, attack: Callable[[Any], None]
) -> None:
    signed, mail = tmp_path / "anchor.json", tmp_path / "mail.eml"
    signed.write_text(anchors.as_file(an_anchor))
    mail.write_text(f"Subject: x\n\n{anchors.mail_body(an_anchor)}")
    attack(tamper)
    recompute(tamper)
    assert verify().whole, "nothing inside tells it any more"
    for given in (str(signed), str(mail), an_anchor.typed, an_anchor.typed[: len("60:") + 16]):
        kept = [(one.sequence, one.chain) for one in anchors.read(given)]
        assert [(one.kind, one.sequence) for one in verify(anchors=kept).faults] == [("anchor", 60)], given


def test_an_untouched_trace_fits_its_anchors_old_and_new(
    an_anchor: anchors.Anchor, sealed: Callable[[int], None]
) -> None:
    sealed(5)
    later = anchors.current()
    verdict = verify(anchors=[(60, an_anchor.chain), (60, an_anchor.chain[:16]), (later.sequence, later.chain)])
    assert verdict.whole
    assert verdict.anchored == 3


def test_two_anchors_that_contradict_each_other_are_not_both_taken(an_anchor: anchors.Anchor) -> None:
    assert [one.kind for one in verify(anchors=[(60, an_anchor.chain), (60, "0" * 64)]).faults] == ["anchor"]


def test_a_head_that_is_not_ours_is_not_sent_out(an_anchor: anchors.Anchor) -> None:
    Head.objects.update(mac=b"0" * 32)
    with pytest.raises(anchors.AnchorError, match=r"audit verify"):
        anchors.make(JOB)


def test_the_file_is_in_the_practices_folder_for_its_owner_alone(an_anchor: anchors.Anchor, folder: Path) -> None:
    anchors.make(JOB)
    (written,) = folder.iterdir()
    assert written.stat().st_mode & 0o077 == 0
    said = json.loads(written.read_text())
    assert (said["sequence"], said["chain"], said["count"]) == (60, an_anchor.chain, 60)
    assert Entry.objects.filter(action="audit.anchor").count() == 1
    assert anchors.last_made() is not None


def test_a_folder_that_cannot_be_written_keeps_no_mail_back(
    an_anchor: anchors.Anchor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Any
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(anchors, "FOLDER", str(tmp_path / "file" / "below"))
    settings.EMAIL_HOST = "mail.example"
    with only(anchors.recipients, anchors.Recipients("x", lambda: ["owner@example.org"])):
        anchors.make(JOB)
    body = Entry.objects.get(action="audit.anchor").payload.body
    assert json.loads(body)["destinations"] == ["mail"]


def test_the_owner_is_mailed_once_a_day_and_nothing_personal(
    an_anchor: anchors.Anchor, settings: Any, users: Any, practice: Any
) -> None:
    settings.EMAIL_HOST = "mail.example"
    anchors.make(JOB)
    anchors.make(JOB)
    message = OutboxMessage.objects.get(channel="mail")
    assert message.payload["to"] == [users.owner.email]
    text = message.payload["subject"] + message.payload["body"]
    (mailed,) = anchors.in_file(message.payload["body"])
    assert verify(anchors=[(mailed.sequence, mailed.chain)]).anchored == 1
    for person in (users.owner, users.dentist, users.secretary):
        assert person.display_name not in text
    for name in (practice.site.name, practice.site.entity.name):
        assert name not in text


def test_without_a_mail_server_nothing_waits_for_ever(an_anchor: anchors.Anchor, users: Any) -> None:
    anchors.make(JOB)
    assert not OutboxMessage.objects.exists()


def test_the_daily_job_anchors_and_leaves_an_empty_practice_alone(folder: Path) -> None:
    from cuspide.audit import tasks
    from cuspide.core.work import jobs

    jobs.enqueue(tasks.anchor, key="a")
    assert jobs.run_one()
    assert not folder.exists()
    trail.record(JOB, "accounts.grant")
    jobs.enqueue(tasks.anchor, key="b")
    assert jobs.run_one()
    assert len(list(folder.iterdir())) == 1
    assert {entry.key for entry in jobs.schedule} >= {"audit.anchor", "audit.retention"}


def test_a_mail_that_was_wrapped_on_its_way_is_read(an_anchor: anchors.Anchor) -> None:
    wrapped = f"Ancrage :\r\n\r\n{an_anchor.typed[:40]}=\r\n{an_anchor.typed[40:]}\r\n"
    assert [one.typed for one in anchors.in_file(wrapped)] == [an_anchor.typed]


def test_what_is_typed_from_paper_may_have_spaces_and_capitals(an_anchor: anchors.Anchor) -> None:
    groups = " ".join(an_anchor.chain[at : at + 8] for at in range(0, 64, 8)).upper()
    assert anchors.read(f" 60 : {groups} ")[0].typed == an_anchor.typed


def changed(text: str, **values: Any) -> str:
    return json.dumps({**json.loads(text), **values})


INVALID: dict[str, Callable[[str], str]] = {
    "empty": lambda _text: "",
    "no anchor": lambda _text: "Bonjour,\nà demain.",
    "half a file": lambda text: text[: len(text) // 2],
    "another sequence": lambda text: changed(text, sequence=59),
    "another chain": lambda text: changed(text, chain="0" * 64),
    "no signature": lambda text: changed(text, signature=None),
    "a signature of another kind": lambda text: changed(text, signature="é"),
    "one more key": lambda text: changed(text, note="x"),
    "another format": lambda text: changed(text, format="cuspide-anchor-9"),
    "a sequence that is true": lambda text: changed(text, sequence=True),
    "another practice": lambda text: changed(text, practice="0" * 16),
    "a list": lambda _text: "{" * 50_000,
    "very large": lambda _text: " " * (anchors.FILE_LIMIT + 1),
    "sequence nought": lambda text: f"0:{'a' * 64}",
    "a huge sequence": lambda text: f"9999999999999999999:{'a' * 64}",
}


@pytest.mark.parametrize("how", INVALID)
def test_a_file_that_is_no_anchor_is_refused_in_a_sentence(
    an_anchor: anchors.Anchor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    ours = keystore.practice_home()
    if not ours.key_id:
        monkeypatch.setattr(keystore, "practice_home", lambda: type(ours)(folder=ours.folder, key_id="f" * 16))
    place = tmp_path / "given"
    place.write_text(INVALID[how](anchors.as_file(an_anchor)))
    with pytest.raises(anchors.AnchorError) as refused:
        anchors.read(str(place))
    assert refused.value.sentence.endswith(".")


@pytest.mark.parametrize("typed", ["60:abc", "60:", ":abc", "60", "60:" + "a" * 65, "x:" + "a" * 64, "", "\0", "60;aa"])
def test_typed_words_that_are_no_anchor_are_refused_in_a_sentence(typed: str) -> None:
    with pytest.raises(anchors.AnchorError) as refused:
        anchors.read(typed)
    assert refused.value.sentence.endswith(".")


def test_an_anchor_from_the_future_is_not_taken_for_good(an_anchor: anchors.Anchor) -> None:
    assert [(one.kind, one.sequence) for one in verify(anchors=[(61, "a" * 64)]).faults] == [("anchor", 61)]


def test_the_check_reminds_when_nothing_was_anchored_for_days(an_anchor: anchors.Anchor) -> None:
    import datetime as dt

    from cuspide.audit import checks

    assert [one.level for one in checks.anchored()] == ["ok"], "a practice made this morning"
    with clock.freeze(clock.now() + dt.timedelta(days=4)):
        assert [one.level for one in checks.anchored()] == ["watch"], "never, in four days"
    anchors.make(JOB)
    assert "watch" in [one.level for one in checks.anchored()], "it stays on this machine: no mail server is set"
    with clock.freeze(clock.now() + dt.timedelta(days=9)):
        assert [one.level for one in checks.anchored()] == ["watch"]
