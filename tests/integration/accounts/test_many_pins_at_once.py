"""Twenty PINs at the same instant: three are looked at, as if they had come one after the other."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from cuspide.accounts.models import Seat, User
from cuspide.accounts.services import locking
from cuspide.audit.models import Entry
from cuspide.core.actor import Actor
from cuspide.core.rights import Role

pytestmark = pytest.mark.django_db(transaction=True)


def guess_at_once(seat: Seat, guesses: list[str], looked_at: list[str]) -> list[Any]:
    """Each guess on a connection of its own, all through the same gate."""
    gate = threading.Barrier(len(guesses), timeout=60)
    answers: list[Any] = []

    def look(guess: str) -> bool:
        looked_at.append(guess)
        return locking.pin_matches(seat.user, guess)

    def run(guess: str) -> None:
        try:
            gate.wait()
            locking.unlock(Actor.nobody(), Seat.objects.get(pk=seat.pk), "pin", lambda: look(guess))
            answers.append("open")
        except Exception as error:
            answers.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(guess,)) for guess in guesses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.fixture
def seat(make_account: Callable[..., Any]) -> Seat:
    user: User = make_account(Role.DENTIST).user
    locking.set_pin(Actor(user_id=user.pk, label="x"), user, "4071")
    made = locking.open_seat(user, "k" * 32, None)
    locking.lock(Actor.nobody(), made, locking.BY_KEY)
    return made


def test_twenty_guesses_at_once_have_three_tries(seat: Seat) -> None:
    looked_at: list[str] = []
    answers = guess_at_once(seat, [f"{number:04}" for number in range(20)], looked_at)
    assert len(looked_at) == 3, answers
    assert set(answers) <= {"WrongProof", "SeatEnded"}
    seat.refresh_from_db()
    assert seat.ended_at is not None
    assert Entry.objects.filter(action="accounts.unlock_refused").count() == 3
    assert Entry.objects.filter(action="accounts.lock_ended").count() == 1


def test_the_right_pin_among_twenty_does_not_save_a_session_that_ended(seat: Seat) -> None:
    """Whoever sends all PINs at once wins nothing by having the right one among them, once three were wrong."""
    looked_at: list[str] = []
    guess_at_once(seat, [f"{number:04}" for number in range(3)], looked_at)
    answers = guess_at_once(seat, ["4071"] * 20, looked_at)
    assert set(answers) == {"SeatEnded"}
    assert len(looked_at) == 3
