"""The one box: what the rooms find of a text, and every command by its name."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cuspide.core import registry
from cuspide.core.actor import Actor
from cuspide.core.pages.addresses import address
from cuspide.core.pages.context import actor_of
from cuspide.core.rights import SIGNED_IN, access
from cuspide.formats.letters import normalised

LONGEST_TEXT = 200
IN_BOX, ON_PAGE = 10, 30
COMMANDS_WITHOUT_TEXT = 8


@dataclass(frozen=True)
class Hit:
    title: Any
    url: str
    subtitle: Any = ""
    icon: str = ""
    shortcut: str = ""


@dataclass(frozen=True)
class Group:
    label: Any
    hits: Sequence[Hit]


@dataclass(frozen=True)
class Answer:
    text: str
    groups: Sequence[Group] = field(default_factory=list)
    offers: Sequence[Hit] = ()
    """What one may do where nothing is found. Never what Enter opens by itself: the name may be mistyped."""

    @property
    def total(self) -> int:
        return sum(len(group.hits) for group in self.groups)


def folded(text: str) -> str:
    """Text without accents and case, for comparing what was typed with what is written."""
    parts = normalised("NFKD", text.replace("œ", "oe").replace("Œ", "OE")).casefold()
    return "".join(part for part in parts if not unicodedata.combining(part))


def _words(text: str) -> list[str]:
    return "".join(sign if sign.isalnum() else " " for sign in folded(text)).split()


# Only for the names of commands: what is typed is a patient's name, and is not kept.
_words_of_command = cache(_words)


def _rank(typed: Sequence[str], label: str, keywords: str) -> int | None:
    """How well a command answers: every typed word begins one of its words. Lower is better, None is no answer."""
    of_label, of_keywords = _words_of_command(label), _words_of_command(keywords)
    rank = 0
    for word in typed:
        if any(known.startswith(word) for known in of_label):
            rank += 0 if of_label[0].startswith(word) else 1
        elif any(known.startswith(word) for known in of_keywords):
            rank += 3
        else:
            return None
    return rank


def _hit(command: registry.Command) -> Hit:
    return Hit(command.label, address(command.url_name), icon="zap", shortcut=command.shortcut)


def _all_commands(actor: Actor) -> Iterator[tuple[str, str, Hit]]:
    seen = set()
    for command in registry.commands.for_actor(actor):
        hit = _hit(command)
        seen.add(hit.url)
        yield str(command.label), str(command.keywords), hit
    for entry in registry.rail.for_actor(actor):
        url = address(entry.url_name)
        if url not in seen:
            yield str(entry.label), "", Hit(entry.label, url, icon=entry.icon)


def commands(actor: Actor, text: str, limit: int) -> list[Hit]:
    """Commands and rooms whose name or further words begin like what was typed; without text the first of them."""
    typed = _words(text)
    if not typed:
        return [hit for _label, _more, hit in _all_commands(actor)][:COMMANDS_WITHOUT_TEXT] if not text.strip() else []
    ranked = [
        (rank, at, hit)
        for at, (label, keywords, hit) in enumerate(_all_commands(actor))
        if (rank := _rank(typed, label, keywords)) is not None
    ]
    return [hit for _rank_of, _at, hit in sorted(ranked, key=lambda entry: entry[:2])[:limit]]


def answer(actor: Actor, text: str, limit: int) -> Answer:
    """Everything found, patients and the like first, commands last."""
    groups = []
    if text.strip():
        for provider in registry.search_providers.for_actor(actor):
            found = provider.search(actor, text.strip(), limit)
            if found:
                hits = [Hit(hit.title, hit.url, hit.subtitle, hit.icon) for hit in found]
                groups.append(Group(provider.label, hits))
    actions = commands(actor, text, limit)
    if actions:
        groups.append(Group(_("Actions"), actions))
    if groups or not text.strip():
        return Answer(text, groups)
    offered = (command for command in registry.commands.for_actor(actor) if command.when_nothing)
    return Answer(text, offers=[_hit(command) for command in offered])


@require_http_methods(["GET", "POST"])
@access(SIGNED_IN)
@never_cache
def search(request: HttpRequest) -> HttpResponse:
    """Answer in the box (htmx) or on a page of its own. The text is in the body, never in an address."""
    text = request.POST.get("text", "").replace("\0", "")[:LONGEST_TEXT]
    in_box = request.headers.get("HX-Request") == "true"
    found = answer(actor_of(request), text, IN_BOX if in_box else ON_PAGE)
    return render(request, "core/search/answer.html" if in_box else "core/search/page.html", {"answer": found})
