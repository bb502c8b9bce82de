"""Who acts, and whether she reaches the page: asked before anything is looked up, denied by default."""

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme

from cuspide.accounts.selectors import actor_of, must_have_second_factor
from cuspide.accounts.stations import place
from cuspide.audit import trail
from cuspide.core.actor import Actor
from cuspide.core.errors import Forbidden
from cuspide.core.pages.addresses import address
from cuspide.core.rights import PUBLIC, SIGNED_IN, Right, access_of

logger = logging.getLogger("cuspide.accounts")

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class ActorMiddleware:
    """Gives the request its `actor`, made when first asked for, and the person's language."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.actor = SimpleLazyObject(lambda: _actor(request))  # type: ignore[attr-defined]
        if request.user.is_authenticated:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
        return self.get_response(request)


def _actor(request: HttpRequest) -> Actor:
    user = request.user
    if user.is_authenticated:
        return actor_of(user, place(request))
    return Actor(user_id=None, label="visitor", workstation=place(request))


class AccessMiddleware:
    """Lets a request through to a view that declared its access and whose visitor has it, and to no other."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        # What was shown to somebody stays in no shared or later cache: "back" after sign-out shows nothing.
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: Any, _kwargs: Any
    ) -> HttpResponseBase | None:
        needed = access_of(view)
        if needed is None:
            logger.error("view %s declares no access and is refused", getattr(view, "__qualname__", type(view)))
            raise Forbidden("undeclared")
        if needed is PUBLIC:
            return None
        actor: Actor = request.actor  # type: ignore[attr-defined]
        if not actor.is_signed_in:
            return to_sign_in(request)
        if not _has_proved_enough(request, view):
            return _redirect(request, address("mfa_activate_totp"))
        if needed is SIGNED_IN:
            return None
        if isinstance(needed, Right):
            if not actor.can(needed):
                _refused(request, actor, needed.code)
                raise Forbidden(needed.code)
            return None
        raise Forbidden("undeclared")

    def process_exception(self, request: HttpRequest, error: Exception) -> None:
        """A service that refuses is traced like a page that does."""
        if isinstance(error, Forbidden):
            _refused(request, request.actor, error.right)  # type: ignore[attr-defined]


def _refused(request: HttpRequest, actor: Actor, right: str) -> None:
    """Trace who tried what without the right; of the record only that somebody asked, not whether it exists."""
    if actor.is_signed_in:
        page = request.resolver_match.view_name if request.resolver_match else ""
        trail.record(actor, "accounts.refused", detail={"right": right, "page": page})


def before_second_factor(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a view that somebody reaches who must still set up a second factor."""
    view.cuspide_before_second_factor = True  # type: ignore[attr-defined]
    return view


def _has_proved_enough(request: HttpRequest, view: Callable[..., Any]) -> bool:
    if request.user.has_second_factor or not must_have_second_factor(request.user):  # type: ignore[union-attr, arg-type]
        return True
    return bool(getattr(view, "cuspide_before_second_factor", False))


def to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """Lead to the sign-in page and from there back to the page that was being read."""
    back = _page_to_come_back_to(request)
    sign_in = address("account_login")
    return _redirect(request, f"{sign_in}?{urlencode({'next': back})}" if back else sign_in)


def _page_to_come_back_to(request: HttpRequest) -> str:
    """A page of this practice that a GET shows; never another host's, never where a form was sent to."""
    if _by_htmx(request):
        current = urlsplit(request.headers.get("HX-Current-URL", ""))
        back = current.path + (f"?{current.query}" if current.query else "")
    elif request.method in {"GET", "HEAD"}:
        back = request.get_full_path()
    else:
        return ""
    if back == "/" or not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return ""
    return back


def _by_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _redirect(request: HttpRequest, place: str) -> HttpResponseBase:
    if _by_htmx(request):
        return HttpResponse(status=401, headers={"HX-Redirect": place})
    return HttpResponseRedirect(place)
