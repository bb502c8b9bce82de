"""Old addresses of a record that was merged lead to the one that was kept."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from cuspide.core.pages.addresses import address
from cuspide.patients.selectors.record import MergedAway


class MergedAwayMiddleware:
    """A page is asked for anew under the kept record's name. What a form says is not done: whoever filled it in had the
    other record before her."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, MergedAway):
            return None
        kept = exception.kept.uuid
        match = request.resolver_match
        if request.method in ("GET", "HEAD") and match is not None and match.kwargs.get("uuid") is not None:
            return redirect(request.get_full_path().replace(str(match.kwargs["uuid"]), str(kept), 1))
        if request.method not in ("GET", "HEAD"):
            messages.error(request, _("This record was merged into the one shown here. Nothing was saved."))
        return redirect(address("patients:record", kept))
