"""Anchors: heads of the chain kept where somebody who holds this machine cannot rewrite them.

An anchor says "entry number N ended the chain with this value". Whoever has the store and its key can recompute every
link; against an anchor kept on paper, in a mailbox or in a backup the recomputed chain does not fit any more.
"""

import datetime as dt
import hmac
import json
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cuspide.audit import chain, eras, sealer, trail
from cuspide.audit.models import Entry, Head
from cuspide.core import clock, keystore
from cuspide.core.actor import Actor
from cuspide.core.errors import Refusal
from cuspide.core.home import write_private
from cuspide.core.keys import retired
from cuspide.core.pages import typography
from cuspide.core.registry import Point
from cuspide.core.work import outbox

logger = logging.getLogger("cuspide.audit")

ACTION = "audit.anchor"
FORMAT = "cuspide-anchor-1"
LABEL = "audit-anchor"
FOLDER = "anchors"
# What a person types from paper: enough that nobody finds another chain that begins the same.
SHORTEST = 16
FILE_LIMIT = 256 * 1024
_SEQUENCE_LIMIT = 2**63
_TYPED = re.compile(r"(?P<sequence>[0-9]{1,19})\s*:\s*(?P<chain>[0-9a-fA-F][0-9a-fA-F \t]*)", re.ASCII)
_IN_TEXT = re.compile(r"(?<![0-9a-zA-Z])(?P<sequence>[0-9]{1,19}):(?P<chain>[0-9a-fA-F]{64})(?![0-9a-fA-F])", re.ASCII)


class AnchorError(Refusal):
    """An anchor that cannot be used; the text says why."""


@dataclass(frozen=True)
class Anchor:
    """A head as it leaves the machine. `chain` is hexadecimal, of all 64 digits unless a person typed it; `count` is
    how many entries the trace held; the instants are ISO 8601 in UTC. Nothing in it tells of a person."""

    sequence: int
    chain: str
    count: int = 0
    sealed_at: str = ""
    made_at: str = ""

    @property
    def typed(self) -> str:
        """In one word, as mails and papers carry it."""
        return f"{self.sequence}:{self.chain}"

    @property
    def file_name(self) -> str:
        day = re.sub(r"[^0-9]", "", self.made_at)[:14]
        return f"anchor-{day}-{self.sequence}.json"


@dataclass(frozen=True)
class Destination:
    """A place that anchors go to: `send(anchor)` keeps it or queues it. One that fails does not keep the others from
    theirs. Backups add themselves here."""

    key: str
    send: Callable[[Anchor], None]
    order: int = 50


@dataclass(frozen=True)
class Recipients:
    """Whom the daily anchor is mailed to: addresses of the practice's owners."""

    key: str
    addresses: Callable[[], Sequence[str]]
    order: int = 50


destinations: Point[Destination] = Point("anchor_destinations")
recipients: Point[Recipients] = Point("anchor_recipients")


def current() -> Anchor:
    """The head as it stands, everything that waits sealed first. AnchorError when there is none, or it is not ours."""
    # Looked at before sealing too: what is sealed on gets a head of ours again, and only a number left out.
    head = Head.objects.first()
    if head is None or sealer.head_is_ours(head):
        sealer.seal_all()
        head = Head.objects.first()
    if head is None:
        raise AnchorError(gettext_lazy("The trace is empty: there is nothing to anchor yet."))
    if not sealer.head_is_ours(head):
        raise AnchorError(
            gettext_lazy(
                "The end of the trace is not the one that the program left, so it is not anchored. Run “cuspide audit "
                "verify”."
            )
        )
    said = sealer.ChainHead.of(head)
    count = Entry.objects.filter(sequence__isnull=False).count()
    return Anchor(said.sequence, said.chain, count, said.sealed_at, chain.instant(clock.now()))


def make(actor: Actor) -> Anchor:
    """Anchor the trace now: to every destination, and noted in the trace itself."""
    anchor = current()
    reached = [one.key for one in destinations if _sent(one, anchor)]
    with transaction.atomic():
        trail.record(
            actor, ACTION, detail={"sequence": anchor.sequence, "chain": anchor.chain, "destinations": reached}
        )
    return anchor


def _sent(destination: Destination, anchor: Anchor) -> bool:
    try:
        destination.send(anchor)
    except Exception as error:
        # An OSError's text may name a path: its kind is enough.
        logger.error("anchor to %s failed: %s", destination.key, type(error).__name__)
        return False
    return True


def last_made() -> dt.datetime | None:
    """When the trace was last anchored, by its own entries."""
    return Entry.objects.filter(action=ACTION).order_by("-at").values_list("at", flat=True).first()


def as_file(anchor: Anchor) -> str:
    """The anchor as a small signed file. The signature tells a file that was changed on its way from a trace that was
    changed here; it needs the practice's key."""
    said = _said(anchor)
    return json.dumps({**said, "signature": _signature(said, keystore.derive(LABEL))}, indent=1, sort_keys=True) + "\n"


def _said(anchor: Anchor) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "practice": keystore.practice_home().key_id,
        "sequence": anchor.sequence,
        "chain": anchor.chain,
        "count": anchor.count,
        "sealed_at": anchor.sealed_at,
        "made_at": anchor.made_at,
    }


def _signature(said: Mapping[str, Any], key: bytes) -> str:
    body = json.dumps(said, sort_keys=True, separators=(",", ":")).encode("ascii", "backslashreplace")
    return hmac.digest(key, body, "sha256").hex()


def to_folder(anchor: Anchor, folder: Path | None = None) -> Path:
    """Write the anchor's file, whole or not at all; by default among the practice's own files, from where backups
    carry it away."""
    place = (folder or keystore.practice_home().folder / FOLDER) / anchor.file_name
    write_private(place, as_file(anchor).encode("ascii"))
    return place


def keep_in_folder(anchor: Anchor) -> None:
    """The destination that is always there."""
    to_folder(anchor)


def to_mail(anchor: Anchor) -> None:
    """Queue the daily mail to the owners, once a day; nothing where no mail server is set."""
    to = sorted({address for source in recipients for address in source.addresses() if address})
    if not to or not settings.EMAIL_HOST:
        return
    day = clock.today()
    with translation.override(settings.LANGUAGE_CODE):
        subject = _("Anchor of the trace, %(day)s, entry %(sequence)d")
        payload = {
            "to": to,
            "subject": subject % {"day": typography.day(day), "sequence": anchor.sequence},
            "body": mail_body(anchor),
        }
    outbox.put("mail", f"audit-anchor-{day.isoformat()}", payload)


def mail_body(anchor: Anchor) -> str:
    """The mail's text: date, sequence, chain and count, nothing of a person."""
    return "\n".join(
        [
            _("Keep this message: it proves later that the trace of the practice was not rewritten."),
            "",
            _("Made on: %(moment)s UTC") % {"moment": anchor.made_at.replace("T", " ")[:16]},
            _("Entries in the trace: %(count)d") % {"count": anchor.count},
            _("Anchor:"),
            "",
            anchor.typed,
            "",
            _("To check it, save this message as a file and type:"),
            "cuspide audit verify --anchor FILE",
            "",
        ]
    )


def read(text: str) -> list[Anchor]:
    """The anchors that an operator gives: the name of a file (JSON, or a mail saved as text), or typed words
    `sequence:hex`. AnchorError with a sentence for what is neither."""
    typed = _TYPED.fullmatch(text.strip())
    if typed is not None:
        return [_checked(typed["sequence"], re.sub(r"\s", "", typed["chain"]))]
    return in_file(_content(Path(text)))


def _content(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            content = stream.read(FILE_LIMIT + 1)
    except (OSError, ValueError):
        raise AnchorError(
            gettext_lazy(
                "“%(text)s” is neither a file that can be read nor an anchor. An anchor is a number, a colon and at "
                "least 16 hexadecimal digits, such as 1234:1f2e3d4c5b6a7988."
            ),
            {"text": str(path)[:200]},
        ) from None
    if len(content) > FILE_LIMIT:
        raise AnchorError(gettext_lazy("This file is too large to be an anchor."))
    return content.decode("utf-8-sig", "replace")


def in_file(content: str) -> list[Anchor]:
    """The anchors of a file's content. AnchorError when it holds none, or a signed one that was changed."""
    if content.lstrip().startswith("{"):
        return [_from_json(content)]
    # A mail program may have wrapped a long line the way mails do ("=" at its end).
    found = _IN_TEXT.findall(re.sub(r"=\r?\n", "", content))
    if not found:
        raise AnchorError(
            gettext_lazy(
                "No anchor stands in this file. Give the file that Cuspide wrote, or the whole mail saved as text."
            )
        )
    return [_checked(sequence, value) for sequence, value in dict.fromkeys(found)]


def _from_json(content: str) -> Anchor:
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        raise AnchorError(gettext_lazy("This file is damaged: it is not an anchor that Cuspide wrote.")) from None
    if not isinstance(said, dict) or said.get("format") != FORMAT or type(said.get("sequence")) is not int:
        raise AnchorError(gettext_lazy("This file is not an anchor that Cuspide wrote."))
    key = _key_of(said)
    signature = said.pop("signature", None)
    if not isinstance(signature, str) or not hmac.compare_digest(
        _signature(said, key).encode(), signature.encode("utf-8", "replace")
    ):
        raise AnchorError(
            gettext_lazy("This anchor was changed after Cuspide wrote it, so it proves nothing. Use another copy.")
        )
    return _checked(str(said["sequence"]), str(said.get("chain", "")))


def _key_of(said: Mapping[str, Any]) -> bytes:
    """The key that signed an anchor: this practice's, or the one of its time. A retired key speaks of its own era
    alone: who has it could otherwise sign what came after. AnchorError for any other."""
    ours = keystore.practice_home().key_id
    if not ours or said.get("practice") == ours:
        return keystore.derive(LABEL)
    for one in retired.kept():
        if one.mark == said.get("practice") and said["sequence"] <= (eras.ended_at(one) or 0):
            return one.derive(LABEL)
    raise AnchorError(gettext_lazy("This anchor belongs to another practice."))


def _checked(sequence: str, value: str) -> Anchor:
    number = int(sequence)
    if not 1 <= number < _SEQUENCE_LIMIT:
        raise AnchorError(gettext_lazy("The number of an anchor is that of an entry: 1 or more."))
    if not SHORTEST <= len(value) <= 64 or not re.fullmatch(r"[0-9a-fA-F]+", value, re.ASCII):
        raise AnchorError(
            gettext_lazy("An anchor has 16 to 64 hexadecimal digits behind its colon; this one has %(count)d."),
            {"count": len(value)},
        )
    return Anchor(number, value.lower())
