"""Open sessions: noted at sign-in, followed when their key changes, ended one by one or all together."""

import datetime as dt
import uuid

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cuspide.accounts import reach, user_agents
from cuspide.accounts.models import OpenSession, User
from cuspide.audit import trail
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.errors import DomainError

# Nobody sits before thirty screens; whoever opens one more ends the one not used for longest.
SESSIONS_LIMIT = 30


@transaction.atomic
def note_session(request: HttpRequest, user: User, place: str) -> None:
    """Somebody signed in: write the session down. The sign-in itself is traced by whoever calls."""
    if not request.session.session_key:
        request.session.create()
    browser, system = user_agents.described(str(request.headers.get("User-Agent", ""))[:500])
    OpenSession.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={"user": user, "browser": browser, "system": system, "place": place, "seen_at": clock.now()},
    )
    _end(list(OpenSession.objects.filter(user=user).order_by("-seen_at", "-pk")[SESSIONS_LIMIT:]))


def follow_session(old_key: str, new_key: str) -> None:
    """The session goes on under a new key: so does its line in the list."""
    OpenSession.objects.filter(session_key=old_key).update(session_key=new_key)


def drop_session(session_key: str | None) -> None:
    """The session was ended by its own person, who signed out."""
    OpenSession.objects.filter(session_key=session_key or "").delete()


def see_session(session_key: str) -> None:
    """Somebody works in it now."""
    OpenSession.objects.filter(session_key=session_key).update(seen_at=clock.now())


@transaction.atomic
def end_session(actor: Actor, user: User, session_uuid: uuid.UUID) -> None:
    """End one session at its next request; one's own, or anybody's with the right."""
    _require(actor, user)
    found = OpenSession.objects.filter(user=user, uuid=session_uuid).first()
    if found is None:
        raise DomainError(_("This session has ended already."))
    _end([found])
    trail.record(actor, "accounts.end_session", subject=user, detail={"browser": found.browser, "place": found.place})


@transaction.atomic
def end_other_sessions(actor: Actor, user: User, session_key: str) -> None:
    """End all of one's sessions but the one that asks."""
    _require(actor, user)
    _end(list(OpenSession.objects.filter(user=user).exclude(session_key=session_key)))
    trail.record(actor, "accounts.end_other_sessions", subject=user)


@transaction.atomic
def end_sessions(actor: Actor, user: User) -> None:
    """End every open session of somebody; her own, or anybody's with the right."""
    _require(actor, user)
    end_everywhere(user)
    trail.record(actor, "accounts.end_sessions", subject=user)


def end_everywhere(user: User, keep: tuple[str, ...] = ()) -> None:
    """For a writer of this room, in its own transaction: whatever is open ends, whether or not it stands in the list.
    With `keep` the sessions of these keys go on, as far as the password lets them."""
    if not keep:
        User.objects.filter(pk=user.pk).update(
            session_epoch=F("session_epoch") + 1, rights_version=F("rights_version") + 1
        )
        user.refresh_from_db(fields=["session_epoch", "rights_version"])
    _end(list(OpenSession.objects.filter(user=user).exclude(session_key__in=keep)))


@transaction.atomic
def forget_ended_sessions() -> None:
    """Sessions that ran out, and list entries whose session is gone."""
    Session.objects.filter(expire_date__lt=clock.now()).delete()
    OpenSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()


def shorten_too_long() -> None:
    """A session that began by a clock which was set back meanwhile would be good for longer than any: from now on it
    has what one has that begins now."""
    latest = clock.now() + dt.timedelta(seconds=settings.SESSION_COOKIE_AGE)
    Session.objects.filter(expire_date__gt=latest + clock.SLACK).update(expire_date=latest)


def _require(actor: Actor, user: User) -> None:
    if actor.user_id != user.pk:
        reach.require_all_of(actor, user)


def _end(sessions: list[OpenSession]) -> None:
    keys = [one.session_key for one in sessions]
    Session.objects.filter(session_key__in=keys).delete()
    OpenSession.objects.filter(session_key__in=keys).delete()
