"""The lock: what a locked workstation shows and takes."""

import uuid as uuids
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cuspide.accounts import lockgate, passkeys, seats, stations
from cuspide.accounts.forms_passkeys import UnlockForm
from cuspide.accounts.models import Seat
from cuspide.accounts.services import PASSWORD_LIMIT, locking
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.marks import open_when_locked, polled
from cuspide.core.rights import PUBLIC, SIGNED_IN, access

# Sent by the script that covers a page: it takes a fragment or JSON in place of a page.
BY_SCRIPT = "X-Lock"


@access(PUBLIC)
@open_when_locked
@never_cache
@require_http_methods(["GET", "POST"])
def lock(request: HttpRequest) -> HttpResponse:
    """GET: whoever holds a seat here takes it again. POST: lock this workstation now."""
    seat = _in_use(request)
    if request.method == "POST":
        if seat is not None:
            how = locking.BY_TIME if request.POST.get("how") == "time" else locking.BY_KEY
            locking.lock(_actor(request), seat, how)
        if BY_SCRIPT in request.headers:
            return _panel(request)
        return HttpResponseRedirect(lockgate.lock_address(lockgate.page_before(request)))
    if seat is not None and not locking.is_locked(seat):
        return HttpResponseRedirect(lockgate.safe(request.GET.get("next", "")))
    if not seats.here(request):
        return redirect("account_login")
    told = ""
    if request.GET.get("lost"):
        told = _("What you had just sent was not recorded: the workstation was locked. Unlock it and send it again.")
    return render(request, "accounts/lock.html", _context(request, told=told))


@access(PUBLIC)
@open_when_locked
@never_cache
@require_GET
def panel(request: HttpRequest) -> HttpResponse:
    """What stands on the cover of a page. Asking locks nothing."""
    return _panel(request)


@access(PUBLIC)
@open_when_locked
@polled
@never_cache
@require_GET
def state(request: HttpRequest) -> JsonResponse:
    """Whose session this browser uses, and whether it is locked: a page asks before it shows itself again."""
    seat = _in_use(request)
    return _said(request, seat)


@access(SIGNED_IN)
@never_cache
@require_POST
def awake(_request: HttpRequest) -> HttpResponse:
    """Somebody types or reads a long page without asking for another: she is there all the same."""
    return HttpResponse(status=204)


@access(PUBLIC)
@open_when_locked
@never_cache
@require_GET
def passkey(request: HttpRequest, uuid: uuids.UUID) -> JsonResponse:
    """What the browser asks a passkey for: one of those of the seat's person, in answer to this seat's challenge."""
    held = _held(request, uuid)
    if held is None:
        return JsonResponse({"refused": _("This session has ended. Sign in with your password.")}, status=410)
    if not held.by_passkey:
        told = passkeys.refusal(request) or _("You have no passkey for this address. Use another way.")
        return JsonResponse({"refused": told}, status=409)
    purpose = passkeys.for_seat(held.seat)
    options, state = passkeys.begin(held.seat.user, purpose)
    response = JsonResponse(options)
    passkeys.keep_challenge(response, state, purpose)
    return response


@access(PUBLIC)
@open_when_locked
@never_cache
@sensitive_post_parameters("pin", "password", "credential")
@require_POST
def unlock(request: HttpRequest) -> HttpResponse:
    """Take one's seat again, with PIN, password or passkey."""
    held = _held(request, request.POST.get("seat", ""))
    if held is None:
        return _refused(request, _("This session has ended. Sign in with your password."), status=410)
    if passkeys.is_outdated(request, request.POST.get("credential", ""), passkeys.for_seat(held.seat)):
        told = _(
            "This answer came too late, or another tab asked meanwhile. It is no wrong try: use your passkey again."
        )
        return _refused(request, told, held)
    proof = _proof(request, held)
    if proof is None:
        return _refused(request, _("Type your PIN or your password."), held)
    response = _unlock(request, held, proof)
    if proof.how == locking.BY_PASSKEY:
        # It was asked once.
        response.delete_cookie(settings.PASSKEY_COOKIE_NAME, samesite="Strict")
    return response


def _unlock(request: HttpRequest, held: seats.Held, proof: "Proof") -> HttpResponse:
    visitor = Actor(user_id=None, label="visitor", workstation=stations.place(request))
    try:
        locking.unlock(visitor, held.seat, proof.how, proof.holds)
    except locking.WrongProof as wrong:
        left = ngettext("%(left)d try left.", "%(left)d tries left.", wrong.left) % {"left": wrong.left}
        return _refused(request, f"{proof.wrong()} {left}", held)
    except locking.SeatEnded as ended:
        return _ended(request, held, str(ended))
    except ValidationError as held_up:
        return _refused(request, " ".join(held_up.messages), held, status=429)
    before = _in_use(request)
    same = before is not None and before.pk == held.seat.pk
    back = lockgate.safe(request.POST.get("next", "")) if same or before is None else "/"
    response: HttpResponse = HttpResponseRedirect(back)
    if BY_SCRIPT in request.headers:
        response = _said(request, held.seat)
    if before is not None and not same:
        locking.lock(_actor(request), before, locking.BY_CHANGE)
    seats.switch(request, response, held.seat)
    return response


@access(PUBLIC)
@open_when_locked
@never_cache
@require_POST
def somebody_else(request: HttpRequest) -> HttpResponse:
    """Whoever has no seat here signs in; the one in use waits behind the lock."""
    seat = _in_use(request)
    response = redirect("account_login")
    if seat is not None:
        locking.lock(_actor(request), seat, locking.BY_CHANGE)
        seats.switch(request, response, None)
    return response


def _in_use(request: HttpRequest) -> Seat | None:
    return seats.take(request)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _held(request: HttpRequest, uuid: uuids.UUID | str) -> seats.Held | None:
    """The seat of this browser that goes by this name."""
    return next((one for one in seats.here(request) if str(one.seat.uuid) == str(uuid).lower()), None)


@dataclass(frozen=True)
class Proof:
    """What somebody shows to have her seat back: `holds` looks at it, `wrong` then says why it was not enough."""

    how: str
    holds: Callable[[], bool]
    wrong: Callable[[], str]


def _proof(request: HttpRequest, held: seats.Held) -> Proof | None:
    """What was shown; None when it was nothing."""
    user = held.seat.user
    if request.POST.get("credential"):
        form = UnlockForm(request.POST, seat=held.seat)
        return Proof(locking.BY_PASSKEY, form.is_valid, lambda: str(form.errors["credential"][0]))
    if password := request.POST.get("password"):

        def is_hers() -> bool:
            return bool(get_adapter(request).reauthenticate(user, password[: PASSWORD_LIMIT + 1]))

        return Proof(locking.BY_PASSWORD, is_hers, lambda: _("This is not your password."))
    if pin := request.POST.get("pin"):
        return Proof(
            locking.BY_PIN, lambda: held.by_pin and locking.pin_matches(user, pin), lambda: _("This is not your PIN.")
        )
    return None


def _said(request: HttpRequest, seat: Seat | None) -> JsonResponse:
    """`csrf` is the browser's present token: signing in changed it under the forms of the pages that wait."""
    return JsonResponse(
        {
            "person": str(seat.user.uuid) if seat else "",
            "locked": seat is None or locking.is_locked(seat),
            "csrf": get_token(request),
        }
    )


def _context(request: HttpRequest, told: str = "", chosen: seats.Held | None = None) -> dict[str, Any]:
    held = seats.here(request)
    picked = chosen or (held[0] if held else None)
    back = lockgate.safe(request.POST.get("next", "") or request.GET.get("next", ""))
    return {
        "held": held,
        "chosen": picked.seat.uuid if picked else None,
        "by_pin": picked is not None and picked.by_pin,
        "by_passkey": any(one.by_passkey for one in held),
        # Who has just mistyped it means to type it again.
        "typed_password": bool(request.POST.get("password")),
        "station": stations.station_of(request),
        "told": told,
        "now": clock.now(),
        "back": "" if back == "/" else back,
    }


def _panel(request: HttpRequest, told: str = "", chosen: seats.Held | None = None, status: int = 200) -> HttpResponse:
    return render(request, "accounts/lock_panel.html", _context(request, told, chosen), status=status)


def _refused(request: HttpRequest, told: str, chosen: seats.Held | None = None, status: int = 422) -> HttpResponse:
    if BY_SCRIPT in request.headers:
        return _panel(request, told, chosen, status)
    return render(request, "accounts/lock.html", _context(request, told, chosen), status=status)


def _ended(request: HttpRequest, held: seats.Held, told: str) -> HttpResponse:
    """Three wrong tries: the seat is no more; the others stay."""
    if held.in_use:
        request.seat.ended_at = held.seat.opened_at  # type: ignore[attr-defined]
    response = _refused(request, told, status=410)
    if held.in_use:
        seats.switch(request, response, None)
    return response
