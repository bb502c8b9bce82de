"""Every request has a number: what the log says of it carries the number, and so does the page of an error."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from cuspide.core.logs import numbered_request


class RequestNumberMiddleware:
    """Outermost, so that nothing is logged of a request before it has its number."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with numbered_request():
            return self.get_response(request)
