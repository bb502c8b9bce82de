"""The same on PostgreSQL, which may itself die: the program says so, and goes on when it is back."""

import random
from collections.abc import Callable

import pytest

from tests.faults.kills import UnderLoad
from tests.support.postgresql import Cluster
from tests.support.server import LivePractice, cuspide
from tests.support.web import WebSession
from tests.support.working_day import AWAY

pytestmark = pytest.mark.timeout(3000)


def test_nothing_acknowledged_is_lost_whatever_is_killed(
    postgresql_practice: tuple[LivePractice, Cluster],
    chance: random.Random,
    long_run: bool,
    note_figure: Callable[..., None],
) -> None:
    live, cluster = postgresql_practice
    practice = UnderLoad(live, chance, cluster)
    practice.run(600 if long_run else 30)
    assert practice.told["store away"], "PostgreSQL was away, and nobody was told"
    for words in (("audit", "verify"), ("check",)):
        said = cuspide(*words, home=live.folder)
        assert said.returncode == 0, said.stdout + said.stderr
    note_figure("kills under load", store="postgresql", **practice.figures())


def test_while_postgresql_is_away_every_page_says_so_and_then_works_again(
    postgresql_practice: tuple[LivePractice, Cluster],
) -> None:
    live, cluster = postgresql_practice
    with live:
        visitor = WebSession(live.port)
        assert visitor.get("/account/sign-in/").status == 200
        cluster.crash()
        try:
            for _again in range(2):  # a connection that was open, then one that cannot be made
                for page in ("/", "/account/sign-in/", "/patients/new/"):
                    answer = visitor.get(page)
                    # The sign-in page asks nothing of the store before somebody signs in.
                    assert answer.status in {200, 302, 503}, page
                    if answer.status == 503:
                        assert AWAY in answer.text
                        assert "Traceback" not in answer.text
            account = live.accounts["secretary"]
            answer = visitor.post("/account/sign-in/", {"login": account.email, "password": account.password})
            assert answer.status == 503
            assert AWAY in answer.text
            assert account.email not in answer.text
        finally:
            cluster.resume()
        visitor.sign_in(account.email, account.password)
        assert visitor.get("/patients/").status == 200
