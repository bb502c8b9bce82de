"""The page that tells the owner who may do what, and why."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from cuspide.accounts import who_may as selectors
from cuspide.accounts.permissions import TEAM
from cuspide.core import clock
from cuspide.core.pages.context import actor_of
from cuspide.core.rights import ROLE_LABELS, Role, access


@access(TEAM)
@require_GET
def who_may(request: HttpRequest) -> HttpResponse:
    """Roles and rights side by side; then each person, with the reasons."""
    context = {
        "persons": selectors.persons(actor_of(request)),
        "roles": [ROLE_LABELS[role] for role in Role],
        "rooms": selectors.roles_by_room(),
        "now": clock.now(),
    }
    return render(request, "accounts/who_may.html", context)
