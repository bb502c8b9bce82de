"""What the frame of every page shows: rooms, person, preferences, state of the program."""

import datetime as dt
import json
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port
from django.template.loader import render_to_string
from django.utils.crypto import salted_hmac
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cuspide.core import clock, registry
from cuspide.core.actor import Actor
from cuspide.core.live import address as live_address
from cuspide.core.pages import assets, preferences
from cuspide.core.pages.addresses import address
from cuspide.core.rights import ROLE_LABELS


@dataclass(frozen=True)
class RailLink:
    """An entry of the rail as this page shows it. `current` is the value of `aria-current`, "" elsewhere."""

    key: str
    label: Any
    icon: str
    url: str
    current: str


@dataclass(frozen=True)
class StatusLine:
    """One sentence of the status line."""

    tone: str
    text: Any


@dataclass(frozen=True)
class LiveLink:
    """Where a page finds the live stream, the script that shares it among the pages of a browser, and a mark by which
    that script knows another session."""

    address: str
    worker: str
    mark: str


@dataclass(frozen=True)
class PersonLink:
    """An entry of the person's menu; `post` entries are buttons (signing out)."""

    key: str
    label: Any
    icon: str
    url: str
    post: bool
    shortcut: str = ""
    in_rail: bool = False


def actor_of(request: HttpRequest) -> Actor:
    """Who reads; nobody where the middleware did not run (an error on the way in)."""
    return getattr(request, "actor", None) or Actor.nobody()


def rail(request: HttpRequest, actor: Actor) -> list[RailLink]:
    """The rooms this actor may enter. The one being read is lit: by its address, as the room of
    records on every tab of a record, or by its url namespace."""
    match = getattr(request, "resolver_match", None)
    here = match.view_name if match else ""
    namespace = match.namespace if match else ""
    in_record = any(here in (tab.url_name, *tab.match) for tab in registry.record_tabs)
    links = []
    for entry in registry.rail.for_actor(actor):
        url = address(entry.url_name)
        around = entry.records if in_record else namespace and namespace in entry.match
        lit = "page" if here == entry.url_name else "true" if around and here not in entry.but else ""
        links.append(RailLink(entry.key, entry.label, entry.icon, url, lit))
    return links


def status(actor: Actor) -> list[StatusLine]:
    """What the rooms say of backup, store and duty, as far as the actor may know."""
    told = [entry.text(actor) for entry in registry.status_entries.for_actor(actor)]
    return [StatusLine(*line) for line in told if line is not None]


def person_menu(actor: Actor) -> list[PersonLink]:
    """What the menu under the person's name leads to."""
    return [
        PersonLink(
            entry.key,
            entry.label,
            entry.icon,
            address(entry.url_name),
            entry.post,
            entry.shortcut,
            entry.in_rail,
        )
        for entry in registry.person_menu.for_actor(actor)
    ]


def live(request: HttpRequest, actor: Actor) -> LiveLink | None:
    """The live stream for this page; None where there is none."""
    name, _port = split_domain_port(request.get_host())
    address = live_address.for_page(name, settings.CUSPIDE_HOME) if actor.is_signed_in else ""
    session = getattr(request, "session", None)
    if not address or session is None or not session.session_key:
        return None
    mark = salted_hmac("cuspide.core.live", session.session_key, algorithm="sha256").hexdigest()[:16]
    return LiveLink(address, assets.built().entry("live").script, mark)


def parts(request: HttpRequest) -> list[SafeString]:
    """What lies behind the page until it is called, drawn."""
    drawn = []
    for part in registry.frame_parts:
        context = part.context(request)
        if context is not None:
            drawn.append(render_to_string(part.template, dict(context), request))
    return drawn


@cache
def words(_language: str | None) -> str:
    """The words of the shell's scripts in the language that is active, as JSON."""
    return json.dumps(
        {
            "close": _("Close"),
            "find": _("Find a patient or an action"),
            "shortcuts": _("Keyboard shortcuts"),
            "back": _("Go back, close"),
            "leave-it": _("Leave it"),
            "go-on": _("Go on"),
            "refused": _("You may not do this with your account. Nothing was changed."),
            "gone": _("This is no longer there. Load the page again."),
            "too-fast": _("Too many tries. Wait a minute, then try again."),
            "failed": _(
                "This did not work and nothing was saved. Try again; if it goes on, tell whoever looks after it."
            ),
            "unreachable": _(
                "The program does not answer. What you typed is still on the page; try again in a moment."
            ),
            "connected": _("Connected"),
            "connection-again": _("Connecting again…"),
            "connection-still": _("Connected, without live updates"),
            "connection-ended": _("The session has ended"),
            "connection-lost": _("Connection lost"),
            "connection-lost-long": _("The connection is lost. Keep the page open: what you typed is still there."),
            "connection-back": _("The connection is back."),
            "calendar": _("Choose a day"),
            "month-before": _("Month before"),
            "month-after": _("Month after"),
            "today": _("Today"),
            "no-day": _("Write a day such as 22/11/2026."),
            "no-hour": _("Write an hour such as 9:30 or 14h05."),
            "no-month": _("Write a month such as 11/2026."),
            "saved": _("Saved at %(time)s") % {"time": "{time}"},
        },
        ensure_ascii=False,
    )


def _saved(request: HttpRequest) -> str:
    """The time of saving, when this page comes back from one: a success message is only left after the commit."""
    storage = getattr(request, "_messages", None)
    if storage is None:
        return ""
    waiting = [message.level_tag for message in storage]
    storage.used = False  # only looked at: the page still shows them
    return clock.local(clock.now()).strftime("%H:%M:%S") if "success" in waiting else ""


def _person(request: HttpRequest) -> str:
    user = getattr(request, "user", None)
    return user.get_full_name() if user is not None and user.is_authenticated else ""


def _roles(actor: Actor) -> str:
    return ", ".join(str(label) for role, label in ROLE_LABELS.items() if role.value in actor.roles)


def strips(actor: Actor) -> list[tuple[str, Any]]:
    """The lines above every page: template and what feeds it."""
    told = [(strip.template, strip.context(actor)) for strip in registry.strips]
    return [(template, context) for template, context in told if context is not None]


def _practice() -> str:
    """The practice's name, for whoever has signed in."""
    return next((name for place in registry.place_names if (name := place.name())), "")


class Shell:
    """`shell` in templates. Each part is made when a template asks for it: a fragment pays for no rail."""

    def __init__(self, request: HttpRequest, *, ask_person: bool = True) -> None:
        self._request = request
        self._ask = ask_person

    @cached_property
    def actor(self) -> Actor:
        return actor_of(self._request) if self._ask else Actor.nobody()

    @cached_property
    def rail(self) -> list[RailLink]:
        return rail(self._request, self.actor)

    @cached_property
    def status(self) -> list[StatusLine]:
        return status(self.actor)

    @cached_property
    def strips(self) -> list[tuple[str, Any]]:
        return strips(self.actor)

    @cached_property
    def person_menu(self) -> list[PersonLink]:
        return person_menu(self.actor)

    @cached_property
    def rail_end(self) -> list[PersonLink]:
        return [link for link in self.person_menu if link.in_rail]

    @cached_property
    def words(self) -> str:
        return words(get_language())

    @cached_property
    def parts(self) -> list[SafeString]:
        return parts(self._request) if self._ask else []

    @cached_property
    def saved(self) -> str:
        return _saved(self._request) if self._ask else ""

    @cached_property
    def person(self) -> str:
        return _person(self._request) if self._ask else ""

    @cached_property
    def roles(self) -> str:
        return _roles(self.actor)

    @cached_property
    def practice(self) -> str:
        return _practice() if self.signed_in else ""

    @property
    def signed_in(self) -> bool:
        return self.actor.is_signed_in

    @property
    def today(self) -> dt.date:
        return clock.today()

    @property
    def demo(self) -> bool:
        return bool(settings.CUSPIDE_HOME.demo)

    @cached_property
    def theme(self) -> str:
        return preferences.chosen(self._request, "theme", ask_person=self._ask)

    @cached_property
    def density(self) -> str:
        return preferences.chosen(self._request, "density", ask_person=self._ask)

    @cached_property
    def preferences(self) -> list[preferences.Preference]:
        return preferences.offered(self._request, ask_person=self._ask)

    @property
    def here(self) -> str:
        return self._request.get_full_path()

    @cached_property
    def live(self) -> LiveLink | None:
        return live(self._request, self.actor) if self._ask else None


def shell(request: HttpRequest) -> dict[str, Any]:
    """The context processor."""
    return {"shell": Shell(request)}
