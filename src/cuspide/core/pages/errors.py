"""Error pages: what happened, what was kept, what to do; never a word of the record."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from cuspide.core import registry
from cuspide.core.actor import Actor
from cuspide.core.keystore import PracticeKeyError
from cuspide.core.logs import request_number
from cuspide.core.pages.addresses import address
from cuspide.core.pages.context import Shell, actor_of, strips
from cuspide.core.pages.engine import csrf_of
from cuspide.core.service import refusing, reserve

_METHODS = ("GET", "HEAD", "POST", "OPTIONS")
_UNREACHABLE = (OperationalError, InterfaceError, PracticeKeyError)


@dataclass(frozen=True)
class Told:
    """What an error page says."""

    title: Any
    happened: Any
    remedy: Any
    kept: Any = ""
    may_retry: bool = False


ERRORS = {
    400: Told(
        _("This request could not be read"),
        _("The browser sent something that the program does not understand."),
        _("Go back and try again. If it happens again, note the time and tell whoever looks after the program."),
        _("Nothing was changed."),
    ),
    403: Told(
        _("This is not open to your account"),
        _("Your role in the practice does not include what you asked for."),
        _("If you need it for your work, ask the practice owner: rights are given on the team's page."),
        _("Nothing was changed, and the attempt was noted in the trace."),
    ),
    404: Told(
        _("There is nothing at this address"),
        _("The page may have moved, or the address may be incomplete."),
        _("Open today's page and look for the patient or the action in the search box."),
    ),
    405: Told(
        _("This address is not opened that way"),
        _("It takes a form, and it was opened like a page, or the reverse."),
        _("Go back to the page the form was on and send it from there."),
        _("Nothing was changed."),
    ),
    413: Told(
        _("This is too large"),
        _("What was sent is larger than the program accepts."),
        _("Send less at once, or a smaller file."),
        _("Nothing was changed."),
    ),
    500: Told(
        _("The program made a mistake"),
        _("Something went wrong inside the program while it was answering."),
        _("Try again. If it happens again, tell whoever looks after the program, with the number below."),
        _("What was saved before is intact; this last action was undone as a whole."),
        may_retry=True,
    ),
    503: Told(
        _("The practice's data cannot be opened just now"),
        _("The program runs, but its store does not answer."),
        _("Wait a moment and try again. If it goes on, run “cuspide check” on the server: it says what is missing."),
        _("What was saved before is intact."),
        may_retry=True,
    ),
}
FULL = Told(
    _("The disk of the server is full"),
    _("There was no room left to save this."),
    _("Ask whoever looks after the server to free some room: the program then goes on by itself."),
    _("Nothing of this was saved. What was saved before is intact, and records can still be read."),
    may_retry=True,
)
READ_ONLY = Told(
    _("The disk of the server takes nothing more"),
    _("The disk can be read and not written: it may be failing, or somebody set it so."),
    _("Ask whoever looks after the server to look at the disk at once: the program then goes on by itself."),
    _("Nothing of this was saved. What was saved before is intact."),
    may_retry=True,
)
REFUSED = Told(
    _("The disk of the server refuses to write"),
    _("There is room, but the disk gave an error: a limit or a quota was reached, or it is failing."),
    _("Ask whoever looks after the server to look at the disk at once: the program then goes on by itself."),
    _("Nothing of this was saved. What was saved before is intact."),
    may_retry=True,
)
CSRF = Told(
    _("This form is too old to be sent"),
    _("The page was open for a long time, or somebody signed in or out meanwhile, or cookies are refused."),
    _("Go back, load the page again and send the form once more."),
    _("For safety nothing was changed. What you typed is still there when you go back."),
)


def page(
    request: HttpRequest, status: int, told: Told | None = None, offer: str = "", lines: Sequence[Any] = ()
) -> HttpResponse:
    """The page for a status, whatever state the program is in: it asks neither the store nor the session. `lines` stand
    above it as above every page."""
    error = told or ERRORS[status]
    retry = request.get_full_path() if error.may_retry and request.method == "GET" else ""
    # Without the request's context processors: one that asks who reads would ask the store, which may be away.
    context = {
        **csrf_of(request),
        "request": request,
        "actor": Actor.nobody(),
        "shell": Shell(request, ask_person=False),
        "messages": [],
        "status": status,
        "error": {
            "title": error.title,
            "happened": error.happened,
            "kept": error.kept,
            "remedy": error.remedy,
            "retry": retry,
            "offer": offer,
            "strips": lines,
            "home": address("core:home"),
            # Only what is the program's own fault is in the log.
            "request": request_number() if status >= 500 else "",
        },
    }
    return HttpResponse(render_to_string("core/error.html", context), status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django takes a session that could not be saved for one that somebody ended: when the store went away just then,
    the work before it may well be kept, and nobody may be told that nothing was changed."""
    if not _because_of_the_store(exception):
        return page(request, 400)
    if reserve.takes_nothing():
        return page(request, 503, READ_ONLY)
    return page(request, 503, REFUSED if refusing.is_noted() else None)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(request, 403, offer=_offer(request, getattr(exception, "right", "")), lines=_strips(request))


def _offer(request: HttpRequest, right: str) -> str:
    """Where somebody may go who was refused; the same whether or not what she asked for exists."""
    try:
        return next((place for one in registry.refusal_offers if (place := one.offer(request, right))), "")
    except _UNREACHABLE:  # who reads is not known while the store is away
        return ""


def _strips(request: HttpRequest) -> list[tuple[str, Any]]:
    """What whoever reads is told on every page: that an emergency access of hers is open, above all."""
    try:
        return strips(actor_of(request))
    except _UNREACHABLE:
        return []


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    return page(request, 403, CSRF)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(request, 404, offer=_offer(request, ""), lines=_strips(request))


def server_error(request: HttpRequest, *_unused: Any) -> HttpResponse:
    """Django calls this while the error is still being handled: a store that does not answer is told apart."""
    error = sys.exc_info()[1]
    if reserve.is_full(error) or isinstance(error, reserve.DiskFull):
        reserve.give_up()
        return page(request, 507, FULL)
    if reserve.is_read_only(error) or isinstance(error, reserve.ReadOnly):
        return page(request, 503, READ_ONLY)
    if refusing.is_refusal(error):
        refusing.note()
        return page(request, 503, REFUSED)
    unreachable = isinstance(error, _UNREACHABLE)
    return page(request, 503 if unreachable or _damaged(error) else 500)


def _because_of_the_store(error: BaseException | None) -> bool:
    """Whether an error, or one that it came of, is that the store could not be reached."""
    while error is not None:
        if isinstance(error, _UNREACHABLE):
            return True
        error = error.__cause__ or error.__context__
    return False


def _damaged(error: BaseException | None) -> bool:
    """Whether a page of the encrypted store no longer holds what was written to it."""
    return isinstance(error, DatabaseError) and ("malformed" in str(error) or "not a database" in str(error))


def _length(request: HttpRequest) -> int:
    """How much a request says that it sends; without a length nothing of it is read (WSGI)."""
    text = str(request.META.get("CONTENT_LENGTH") or "0")
    return int(text[:18]) if text.isascii() and text.isdigit() else 0


class MethodMiddleware:
    """Django answers 405 with an empty page and 413 not at all; a person gets one that says what to do.

    What is too large is refused by its announced length, before a byte is read: Django itself would write the files of
    a form to the disk, unencrypted and without limit, before anybody is asked who sends them.
    """

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> Any:
        if _length(request) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return page(request, 413)
        if request.method not in _METHODS:
            # Not every view asks by which method it is opened: to some libraries' anything that is no POST is a GET.
            refused = page(request, 405)
            refused["Allow"] = ", ".join(_METHODS)
            return refused
        response = self.get_response(request)
        if response.status_code in (405, 413) and not response.content and "HX-Request" not in request.headers:
            told = page(request, response.status_code)
            if "Allow" in response:
                told["Allow"] = response["Allow"]
            return told
        return response
