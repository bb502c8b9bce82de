"""Removable disks joined to the rotation."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cuspide.continuity import disks, permissions
from cuspide.continuity.forms import DiskForm
from cuspide.continuity.services import disks as rotation
from cuspide.core.errors import DomainError, FieldErrors
from cuspide.core.pages.context import actor_of
from cuspide.core.rights import access


@access(permissions.SET_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def add_disk(request: HttpRequest) -> HttpResponse:
    form = DiskForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = rotation.add(
                actor_of(request), given["name"], given["label"], given["every_days"], given["allowed_hours"]
            )
        except FieldErrors as refused:
            for name, sentence in refused.errors.items():
                form.add_error(name, str(sentence))
        except DomainError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("%(name)s joins the rotation. It is written now.") % {"name": made.name})
            return redirect("continuity:overview")
    shown = {"form": form, "labels": disks.plugged_in()}
    return render(request, "continuity/add_disk.html", shown, status=422 if form.errors else 200)
