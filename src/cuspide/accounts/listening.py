"""Whose the sessions of the live stream are: asked when a browser begins to listen, and every few seconds since."""

from collections.abc import Collection, Mapping

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils.crypto import constant_time_compare

from cuspide.accounts.models import Seat, User
from cuspide.accounts.selectors import actor_of, must_have_second_factor
from cuspide.accounts.services import locking
from cuspide.accounts.sessions import SessionStore
from cuspide.core import clock
from cuspide.core.actor import Actor

# A session's content, as it was signed, and what it says: read again only when it changed.
_KEPT_LIMIT = 4_000
_kept: dict[str, tuple[str, dict[str, object]]] = {}


def people(keys: Collection[str]) -> Mapping[str, Actor]:
    """The actors of open sessions, as far as each may ask for a page: three queries, however many there are."""
    said = {}
    rows = Session.objects.filter(session_key__in=keys, expire_date__gt=clock.now())
    for key, data in rows.values_list("session_key", "session_data"):
        said[key] = _content(key, data)
    users = User.objects.filter(is_active=True).in_bulk(
        {int(str(content[SESSION_KEY])) for content in said.values() if SESSION_KEY in content}
    )
    found = {}
    for key, content in said.items():
        user = users.get(int(str(content.get(SESSION_KEY, 0))))
        if user is None or not constant_time_compare(
            str(content.get(HASH_SESSION_KEY, "")), user.get_session_auth_hash()
        ):
            continue
        if user.has_second_factor or not must_have_second_factor(user):
            found[key] = actor_of(user)
    for seat in Seat.objects.filter(session_key__in=found).select_related("workstation"):
        if seat.ended_at is not None or locking.is_locked(seat):
            del found[seat.session_key]
    return found


def _content(key: str, data: str) -> dict[str, object]:
    kept = _kept.get(key)
    if kept is None or kept[0] != data:
        if len(_kept) >= _KEPT_LIMIT:
            _kept.clear()
        kept = _kept[key] = (data, SessionStore().decode(data))
    return kept[1]
