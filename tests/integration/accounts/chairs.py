"""A browser at a workstation, as the tests of the lock use it, at one moment of one morning."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.test import Client

from cuspide.accounts.models import Seat

MORNING = dt.datetime(2026, 11, 24, 9, 0, tzinfo=dt.UTC)


@dataclass
class Chair:
    """A browser, and the people who sign in there beside whoever waits behind the lock."""

    browser: Client
    make_account: Callable[..., Any]

    def signs_in(self, account: Any) -> None:
        self.browser.post("/account/lock/somebody-else/")
        answer = self.browser.post("/account/sign-in/", {"login": account.email, "password": account.password})
        assert answer.status_code == 302, answer.content
        assert self.works()

    def works(self) -> bool:
        return bool(self.browser.get("/account/").status_code == 200)

    def seat(self, account: Any) -> Seat:
        return Seat.objects.filter(user=account.user).latest("pk")
