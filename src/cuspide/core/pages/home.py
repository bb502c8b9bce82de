"""The first page, made of the cards that the rooms add, and what the frame asks for while it is open."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from cuspide.core import clock, registry
from cuspide.core.marks import open_when_locked, polled
from cuspide.core.pages.context import actor_of
from cuspide.core.rights import PUBLIC, SIGNED_IN, access


@dataclass(frozen=True)
class Card:
    key: str
    label: Any
    slot: str
    content: SafeString


def cards(request: HttpRequest) -> list[Card]:
    """The cards this actor may see, drawn; a room leaves its card out by giving no context."""
    actor = actor_of(request)
    drawn = []
    for card in registry.home_cards.for_actor(actor):
        context = card.context(actor, request)
        if context is not None:
            content = render_to_string(card.template, {**context, "card": card}, request)
            drawn.append(Card(card.key, card.label, card.slot, content))
    return drawn


@require_safe
@access(SIGNED_IN)
def home(request: HttpRequest) -> HttpResponse:
    """Today."""
    all_cards = cards(request)
    context = {
        "today": clock.today(),
        "main": [card for card in all_cards if card.slot == "main"],
        "side": [card for card in all_cards if card.slot != "main"],
    }
    return render(request, "core/home.html", context)


@polled
@require_GET
@access(SIGNED_IN)
@never_cache
def status(request: HttpRequest) -> HttpResponse:
    """The sentences of the status line as they are now."""
    return render(request, "core/status_entries.html")


@open_when_locked
@polled
@require_safe
@access(PUBLIC)
@never_cache
def alive(_request: HttpRequest) -> HttpResponse:
    """Says that the program answers. It tells nothing else and asks the store nothing."""
    return HttpResponse(status=204)
