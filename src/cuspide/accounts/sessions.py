"""Where sessions lie: Django's table, with the one question that every page asks built once a process."""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as TableOfSessions
from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from cuspide.core import clock
from cuspide.core.db.prepared import prepared


@prepared
def _alive(key: Any, now: Any) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key, expire_date__gt=now)


class SessionStore(TableOfSessions):
    # The class's name salts what it signs: under this one it reads what Django's own has written.

    def _get_session_from_db(self) -> Session | None:
        found = _alive(self.session_key, clock.machine()) if self.session_key else []
        if found:
            return found[0]
        self._session_key = None
        return None
