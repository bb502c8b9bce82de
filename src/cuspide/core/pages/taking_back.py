"""A page that asks for one thing (a reason, a last day) before a record is ended, cancelled or voided."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cuspide.core.errors import DomainError

REFUSED = 422


def take_back(
    request: HttpRequest,
    form: Form,
    service: Callable[[Any], object],
    *,
    said: str,
    destination: str,
    template: str,
    context: Mapping[str, Any],
    opened: Callable[[], object],
) -> HttpResponse:
    """Give what the form's only field says to `service`, say so and go on to `destination` (303).

    Until then, or when the service refuses (DomainError, shown at the field), `opened` traces that the record was read
    and `template` is shown with `context` and the `form`: 422 once the form was sent.
    """
    (field,) = form.fields
    if request.method == "POST" and form.is_valid():
        try:
            service(form.cleaned_data[field])
        except DomainError as refused:
            form.add_error(field, refused.sentence)
        else:
            messages.success(request, said)
            answer = redirect(destination)
            answer.status_code = 303
            return answer
    opened()
    return render(request, template, {**context, "form": form}, status=REFUSED if form.is_bound else 200)
