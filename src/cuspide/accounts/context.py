"""What every template knows of who is reading."""

from typing import Any

from django.http import HttpRequest

from cuspide.core.actor import Actor


def actor(request: HttpRequest) -> dict[str, Any]:
    """`actor` in templates; somebody without rights where the middleware did not run (an error page)."""
    return {"actor": getattr(request, "actor", None) or Actor.nobody()}
