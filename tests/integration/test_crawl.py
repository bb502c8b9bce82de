"""Every page as every role reaches it by its links: none fails, none leads to a refusal, all protect their reader."""

import itertools
import random
from typing import Any

import pytest

from cuspide.core.rights import Role
from tests.integration.rights_table import VISITOR
from tests.integration.test_leaks import crawled
from tests.integration.world import Sweep, World, ask

EVERYBODY = [*(one.value for one in Role), VISITOR]
# What each answer says to the browser, whoever asks and whatever for.
PROTECTIONS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# Methods of HTTP that no page of ours has, and one of another protocol.
STRANGE = ("TRACE", "CONNECT", "PUT", "DELETE", "PATCH", "PROPFIND")
POLICY = {"default-src 'self'", "script-src 'self'", "style-src 'self'", "object-src 'none'", "base-uri 'none'",
          "form-action 'self'", "frame-ancestors 'none'"}  # fmt: skip


def unprotected(answer: Any, *, signed_in: bool) -> list[str]:
    """What an answer lacks of what it should say to the browser."""
    lacking = [name for name, value in PROTECTIONS.items() if answer.headers.get(name) != value]
    directives = {part.strip() for part in answer.headers.get("Content-Security-Policy", "").split(";")}
    lacking += [f"policy: {one}" for one in sorted(POLICY - directives)]
    kind = answer.headers.get("Content-Type", "")
    if answer.content and kind.split("/")[0] == "text" and "charset=utf-8" not in kind.lower():
        lacking.append(f"charset of {kind}")
    if answer.content and not kind:
        lacking.append("Content-Type")
    if signed_in and answer.status_code == 200 and "no-store" not in answer.headers.get("Cache-Control", ""):
        lacking.append("no-store")
    if answer.headers.get("Access-Control-Allow-Origin"):
        lacking.append("CORS for " + answer.headers["Access-Control-Allow-Origin"])
    return lacking


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_no_page_offers_a_link_that_its_reader_may_not_follow(
    world: World, sweep: Sweep, chance: random.Random, long_run: bool
) -> None:
    faults = []
    for role in EVERYBODY if long_run else chance.sample(EVERYBODY, 1):
        pages = 0
        for path, answer in crawled(world, role, sweep):
            pages += 1
            # A form's address opened like a page, or without what the form sends, is told so; what is away, refused or
            # broken is a fault.
            if answer.status_code >= 400 and answer.status_code not in {405, 422}:
                faults.append(f"{role}: {path}: {answer.status_code}")
        assert pages > (1 if role == VISITOR else 10), f"the pages of {role} have links"
    assert not faults, "\n".join(faults)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_every_answer_says_to_the_browser_what_it_may_do_and_takes_no_strange_method(
    world: World, sweep: Sweep, chance: random.Random, long_run: bool
) -> None:
    faults = set()
    for (address, path), role in itertools.product(sweep.over(world, 2), (Role.OWNER.value, VISITOR)):
        for method in ("GET", "POST"):
            answer = ask(world, role, method, path)
            lacking = unprotected(answer, signed_in=role != VISITOR)
            faults |= {f"{method} {address.name} as {role} ({answer.status_code}): {one}" for one in lacking}
    for (address, path), method in itertools.product(
        sweep.over(world, 2), STRANGE if long_run else chance.sample(STRANGE, 1)
    ):
        answer = ask(world, Role.OWNER.value, method, path)
        if answer.status_code != 405:
            faults.add(f"{method} {address.name}: {answer.status_code}")
    assert not faults, "\n".join(sorted(faults))
