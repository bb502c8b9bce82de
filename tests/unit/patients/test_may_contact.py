"""Whether the practice may write to somebody: the dead never, the others as they said."""

import itertools

import pytest

from cuspide.patients.rules.consents import CHANNELS, PURPOSES, UNASKED, may, may_contact

BOTH = list(itertools.product(PURPOSES, CHANNELS))


@pytest.mark.parametrize(("purpose", "channel"), BOTH)
def test_nobody_writes_to_the_dead_whatever_they_said(purpose: str, channel: str) -> None:
    yes = dict.fromkeys(UNASKED, True)
    assert may_contact(yes, purpose, channel, dead=False, merged=False)
    answer = may_contact(yes, purpose, channel, dead=True, merged=False)
    assert (answer.allowed, answer.because) == (False, "dead")
    assert may_contact(yes, purpose, channel, dead=False, merged=True).because == "merged"


@pytest.mark.parametrize(("purpose", "channel"), BOTH)
def test_unasked_the_practice_writes_and_an_opposition_to_either_word_stops_it(purpose: str, channel: str) -> None:
    assert may_contact({}, purpose, channel, dead=False, merged=False)
    assert may_contact({purpose: False}, purpose, channel, dead=False, merged=False).because == purpose
    stopped = may_contact({channel: False}, purpose, channel, dead=False, merged=False)
    assert stopped.allowed is (channel not in UNASKED)


def test_an_opposition_to_recalls_leaves_the_reminders() -> None:
    said = {"recall": False, "sms": True}
    assert may_contact(said, "reminder", "sms", dead=False, merged=False)
    assert not may_contact(said, "recall", "sms", dead=False, merged=False)


def test_what_does_not_serve_the_patients_care_needs_a_yes() -> None:
    for subject in ("teaching", "research"):
        assert not may({}, subject)
        assert may({subject: True}, subject)
    for subject in ("correspondents", "mes"):
        assert may({}, subject)
        assert not may({subject: False}, subject)


@pytest.mark.parametrize(("purpose", "channel"), [("reminders", "sms"), ("recall", "SMS"), ("", "")])
def test_a_misspelt_word_sends_nothing(purpose: str, channel: str) -> None:
    with pytest.raises(ValueError, match="no such message"):
        may_contact({}, purpose, channel, dead=False, merged=False)
    with pytest.raises(KeyError):
        may({}, "photos")
