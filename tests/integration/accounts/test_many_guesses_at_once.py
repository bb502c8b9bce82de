"""Twenty wrong passwords at the same instant: the limit holds as if they had come one after the other."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from cuspide.accounts.backend import PasswordBackend
from cuspide.core.rights import Role

pytestmark = pytest.mark.django_db(transaction=True)
LIMIT = 10


def guess_at_once(login: str, tried: list[str], monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Twenty guesses, each in a browser and on a connection of its own; `tried` gets those whose password was looked
    at."""
    real = PasswordBackend.authenticate

    def counted(self: PasswordBackend, request: Any, **credentials: Any) -> Any:
        tried.append(credentials["password"])
        return real(self, request, **credentials)

    monkeypatch.setattr(PasswordBackend, "authenticate", counted)
    gate = threading.Barrier(20, timeout=60)
    answers: list[Any] = []

    def guess(number: int) -> None:
        try:
            browser = Client(REMOTE_ADDR=f"10.0.0.{number}")
            gate.wait()
            answers.append(browser.post("/account/sign-in/", {"login": login, "password": f"guess {number}"}))
        except Exception as error:
            answers.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=guess, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_twenty_guesses_at_once_get_no_more_tries_than_one_after_the_other(
    make_account: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    victim = make_account(Role.SECRETARY)
    tried: list[str] = []
    answers = guess_at_once(victim.email, tried, monkeypatch)
    assert [answer.status_code for answer in answers] == [200] * 20, answers
    assert 1 < len(tried) <= LIMIT, "guesses whose password was looked at"


def test_only_one_takes_a_lock_that_ran_out(make_account: Callable[..., Any]) -> None:
    for round_number in range(20):
        key = f"test:{round_number}:lock"
        cache.set(key, True, timeout=-60)
        gate, taken = threading.Barrier(8, timeout=60), []

        def take(key: str = key, gate: threading.Barrier = gate, taken: list[bool] = taken) -> None:
            try:
                cache.get("test")
                gate.wait()
                taken.append(cache.add(key, True, timeout=10))
            finally:
                connection.close()

        threads = [threading.Thread(target=take) for _each in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(taken) == [False] * 7 + [True]
