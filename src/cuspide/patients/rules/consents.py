"""May the practice write to a patient, and may her data be used? Pure.

`UNASKED` is what holds while nobody said anything. Messages about care belong to care and may be opposed; letters among
those who treat need no consent and may be opposed (CSP art. L1110-4); what serves anything but the patient's own care
needs a yes. A minor may oppose that her parents be told of care that she asks for alone (CSP art. L1111-5).
"""

from collections.abc import Mapping
from dataclasses import dataclass

UNASKED: Mapping[str, bool] = {
    "sms": True,
    "email": True,
    "reminder": True,
    "recall": True,
    "correspondents": True,
    "mes": True,
    "parents": True,
    "teaching": False,
    "research": False,
}
SAID_IN_THE_BANNER = ("parents", "correspondents", "mes")
"""What nobody may overlook once it was opposed; reminders and recalls ask for themselves before they are sent."""
PURPOSES = ("reminder", "recall")
CHANNELS = ("sms", "email", "letter", "phone")
"""By letter and by telephone nothing is asked but the purpose."""


@dataclass(frozen=True)
class Answer:
    """Whether something may be done, and why not: `dead`, `merged`, or the subject that was refused or not granted."""

    allowed: bool
    because: str = ""

    def __bool__(self) -> bool:
        return self.allowed


def may(said: Mapping[str, bool], subject: str) -> Answer:
    """What was last said about a subject, or what holds unasked. Raises KeyError for a subject that nobody knows."""
    return Answer(True) if said.get(subject, UNASKED[subject]) else Answer(False, subject)


def may_contact(said: Mapping[str, bool], purpose: str, channel: str, *, dead: bool, merged: bool) -> Answer:
    """Whether a patient may be reminded or recalled by a channel. Nobody writes to the dead, whatever they once said;
    nor to a record that became part of another, which is asked in its place.

    Raises ValueError for a purpose or channel that nobody knows: a misspelt one must not send anything.
    """
    if purpose not in PURPOSES or channel not in CHANNELS:
        raise ValueError(f"no such message: {purpose} by {channel}")
    if dead:
        return Answer(False, "dead")
    if merged:
        return Answer(False, "merged")
    for subject in (purpose, channel):
        if subject in UNASKED and not may(said, subject):
            return Answer(False, subject)
    return Answer(True)
