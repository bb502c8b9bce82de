"""Language, light and density: kept with the person, and in the browser for whoever has not signed in."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from cuspide.core.pages.addresses import address
from cuspide.core.rights import PUBLIC, access

YEAR_SECONDS = 365 * 24 * 3600

CHOICES: dict[str, dict[str, Any]] = {
    "language": {"fr": "Français", "en": "English"},
    "theme": {"system": _("Auto"), "light": _("Light"), "dark": _("Dark")},
    "density": {"comfortable": _("Comfortable"), "compact": _("Compact")},
}
LABELS = {"language": _("Language"), "theme": _("Appearance"), "density": _("Line height")}


@dataclass(frozen=True)
class Choice:
    value: str
    label: Any
    pressed: bool


@dataclass(frozen=True)
class Preference:
    name: str
    label: Any
    choices: list[Choice]


def cookie(name: str) -> str:
    """The cookie that keeps a preference in this browser."""
    return settings.LANGUAGE_COOKIE_NAME if name == "language" else f"cuspide_{name}"


def chosen(request: HttpRequest, name: str, *, ask_person: bool = True) -> str:
    """What the person chose, else what this browser was told, else the first choice.

    Without `ask_person` only the browser is asked: an error page may come while the store is out of reach.
    """
    choices = CHOICES[name]
    if name == "language":
        current = (get_language() or settings.LANGUAGE_CODE)[:2]
        return current if current in choices else settings.LANGUAGE_CODE
    user = getattr(request, "user", None) if ask_person else None
    held = getattr(user, name, None) if user is not None and user.is_authenticated else None
    for candidate in (held, request.COOKIES.get(cookie(name))):
        if candidate in choices:
            return str(candidate)
    return next(iter(choices))


def offered(request: HttpRequest, *, ask_person: bool = True) -> list[Preference]:
    """All preferences with the one in force marked."""
    return [
        Preference(
            name,
            LABELS[name],
            [
                Choice(value, label, value == chosen(request, name, ask_person=ask_person))
                for value, label in choices.items()
            ],
        )
        for name, choices in CHOICES.items()
    ]


def keep(request: HttpRequest, response: HttpResponse, name: str, value: str) -> None:
    """Keep a choice with the person, and in the browser for the sign-in page."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated and hasattr(user, name):
        setattr(user, name, value)
        user.save(update_fields=[name])
    response.set_cookie(
        cookie(name), value, max_age=YEAR_SECONDS, samesite="Lax", httponly=True, secure=request.is_secure()
    )


@require_POST
@access(PUBLIC)
def change(request: HttpRequest) -> HttpResponse:
    """Keep the choices that were sent and go back to the page; what is not offered is left out."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = address("core:home")
    response = HttpResponseRedirect(back)
    for name, choices in CHOICES.items():
        value = request.POST.get(name, "")
        if value in choices:
            keep(request, response, name, value)
    return response
