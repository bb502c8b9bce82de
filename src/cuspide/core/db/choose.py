"""Which store a practice has, in Django's words."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.utils.translation import gettext_noop as _

from cuspide.core.home import Home, HomeError


def database(home: Home) -> dict[str, Any]:
    """Django's `DATABASES["default"]` for a practice's home.

    Connections are kept for the life of their thread: with SQLCipher a new one costs several pages' time.
    """
    common: dict[str, Any] = {"CONN_MAX_AGE": None, "ATOMIC_REQUESTS": False, "AUTOCOMMIT": True}
    if home.engine == "sqlite":
        return common | {
            "ENGINE": "cuspide.core.db.sqlcipher",
            "NAME": home.store_file,
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20},
        }
    parts = urlsplit(home.url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise HomeError(home.config_file, _("store.url must begin with postgresql://"))
    options: dict[str, Any] = {key: unquote(value) for key, value in parse_qsl(parts.query)}
    host = options.pop("host", "") or unquote(parts.hostname or "")
    return common | {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options | {"isolation_level": _read_committed()},
    }


def _read_committed() -> Any:
    from psycopg import IsolationLevel

    return IsolationLevel.READ_COMMITTED
