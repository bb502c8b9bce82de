"""The team: who has an account, with which roles; the owner adds, changes and closes."""

import uuid as uuids
from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cuspide.accounts import reach, selectors, services
from cuspide.accounts.forms import FactorRulesForm, InviteForm, PractitionerForm, ReplacementForm, RoleForm
from cuspide.accounts.models import User
from cuspide.accounts.permissions import REVIEW, TEAM
from cuspide.accounts.services import Invitation
from cuspide.accounts.views.own import posted
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.errors import DomainError, FieldErrors
from cuspide.core.pages.addresses import address
from cuspide.core.rights import Role, access
from cuspide.practice.permissions import CHANGE as KEEP_PRACTICE


@access(TEAM)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Everybody with an account."""
    return _team(request, FactorRulesForm(rules=selectors.factor_rules()))


@access(TEAM)
@require_POST
def factor_rules(request: HttpRequest) -> HttpResponse:
    """What each role is asked for beside the password."""
    form = FactorRulesForm(request.POST, rules=selectors.factor_rules())
    if form.is_valid():
        try:
            services.set_factor_rules(request.actor, form.chosen())  # type: ignore[attr-defined]
        except DomainError as refused:
            _add_errors(form, refused)
        else:
            messages.success(request, _("The rule of the second factor counts at everybody's next page."))
            return redirect("accounts:team")
    return _team(request, form, status=422)


def _team(request: HttpRequest, form: FactorRulesForm, status: int = 200) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    team = selectors.team(actor)
    context = {
        "team": team,
        "form": form,
        "without": sum(one.is_active and one.has_usable_password() and not one.has_second_factor for one in team),
        "today": clock.today(),
        "may_review": actor.can(REVIEW),
        "keeps_practitioners": actor.can(KEEP_PRACTICE),
        "rules_everywhere": actor.everywhere(TEAM),
    }
    return render(request, "accounts/team.html", context, status=status)


@access(TEAM)
@never_cache
@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """Add a person; the code to choose a password with is shown once, in the answer to the form."""
    form = InviteForm(request.POST or None, actor=request.actor)  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        chosen = {**form.cleaned_data, "role": Role(form.cleaned_data["role"])}
        try:
            return _show_code(request, services.invite(request.actor, **chosen))  # type: ignore[attr-defined]
        except DomainError as refused:
            _add_errors(form, refused)
    return render(request, "accounts/invite.html", {"form": form}, status=422 if form.errors else 200)


@access(TEAM)
@require_GET
def person(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """One person: roles, second factor, what the owner may do."""
    return _person(request, _found(request, uuid), RoleForm(actor=request.actor))  # type: ignore[attr-defined]


@access(TEAM)
@never_cache
@require_POST
def renew_code(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """A new code for somebody who lost the password; the old one ends."""
    return _done(request, uuid, services.renew_code)


@access(TEAM)
@require_POST
def grant(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """Give a role."""
    user = _found(request, uuid)
    form = RoleForm(request.POST, actor=request.actor)  # type: ignore[attr-defined]
    if form.is_valid():
        chosen = {**form.cleaned_data, "role": Role(form.cleaned_data["role"])}
        try:
            services.grant(request.actor, user, **chosen)  # type: ignore[attr-defined]
        except DomainError as refused:
            _add_errors(form, refused)
        else:
            return redirect("accounts:person", uuid=uuid)
    return _person(request, user, form, status=422)


@access(TEAM)
@require_POST
def revoke(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """Take away the role that the form names."""
    return _done(request, uuid, lambda actor, user: services.revoke(actor, user, posted(request, "membership")))


@access(TEAM)
@require_POST
def say_practitioner(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """Say which of the practice's dentists the person is."""
    user = _found(request, uuid)
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = PractitionerForm(request.POST, user=user)
    if form.is_valid():
        try:
            services.say_practitioner(actor, user, form.cleaned_data["practitioner"], was=form.cleaned_data["was"])
        except DomainError as refused:
            _add_errors(form, refused)
        else:
            messages.success(request, _("It counts from this person’s next page on."))
            return redirect("accounts:person", uuid=uuid)
    return _person(request, user, RoleForm(actor=actor), practitioner=form, status=422)


@access(TEAM)
@require_POST
def add_replacement(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """Let the person work in a dentist's place, for the days of a contract."""
    user = _found(request, uuid)
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = ReplacementForm(request.POST, actor=actor)
    if form.is_valid():
        try:
            services.add_replacement(actor, user, **form.cleaned_data)
        except DomainError as refused:
            _add_errors(form, refused)
        else:
            return redirect("accounts:person", uuid=uuid)
    return _person(request, user, RoleForm(actor=actor), replacement=form, status=422)


@access(TEAM)
@require_POST
def end_replacement(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """End a contract of replacement before its last day."""
    return _done(
        request, uuid, lambda actor, user: services.end_replacement(actor, user, posted(request, "replacement"))
    )


@access(TEAM)
@require_POST
def deactivate(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """Close an account at once."""
    return _done(request, uuid, services.deactivate)


@access(TEAM)
@never_cache
@require_POST
def reactivate(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """Open a closed account again: the person chooses a new password with the code that is shown."""
    return _done(request, uuid, services.reactivate)


@access(TEAM)
@require_POST
def remove_second_factor(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """For somebody who lost the phone and the recovery codes."""
    return _done(request, uuid, services.remove_second_factor)


@access(TEAM)
@require_POST
def end_sessions(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """Sign somebody out everywhere."""
    return _done(request, uuid, services.end_sessions, _("Every open session of this person has ended."))


@access(TEAM)
@require_POST
def end_session(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """Sign somebody out of one screen."""
    return _done(request, uuid, lambda actor, user: services.end_session(actor, user, posted(request, "session")))


@access(TEAM)
@require_POST
def withdraw_invitation(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """Take back a code that waits."""
    said = _("The invitation is withdrawn: its code opens nothing.")
    return _done(request, uuid, services.withdraw_invitation, said)


@access(TEAM)
@require_POST
def mail_invitation(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """Send the page's address, without the code."""

    def mail(actor: Actor, user: User) -> None:
        waiting = selectors.open_code(user)
        services.mail_invitation(actor, user, _page_of(request, waiting.uuid) if waiting else "")

    return _done(request, uuid, mail, _("The page's address is on its way. Tell the code in another way."))


def _done(
    request: HttpRequest, uuid: uuids.UUID, deed: Callable[[Actor, User], object], said: str = ""
) -> HttpResponse:
    """Do what a button of the person's page asks, say so and go back there, with the reason when it is refused; a new
    code is shown instead."""
    user = _found(request, uuid)
    try:
        made = deed(request.actor, user)  # type: ignore[attr-defined]
    except DomainError as refused:
        messages.error(request, str(refused))
        return redirect("accounts:person", uuid=uuid)
    if isinstance(made, Invitation):
        return _show_code(request, made)
    if said:
        messages.success(request, said)
    return redirect("accounts:person", uuid=uuid)


def _page_of(request: HttpRequest, page: uuids.UUID) -> str:
    return request.build_absolute_uri(address("accounts:welcome", uuid=page))


def _found(request: HttpRequest, uuid: uuids.UUID) -> User:
    user = selectors.person(request.actor, uuid)  # type: ignore[attr-defined]
    if user is None:
        raise Http404
    return user


def _person(
    request: HttpRequest,
    user: User,
    form: RoleForm,
    *,
    replacement: ReplacementForm | None = None,
    practitioner: PractitionerForm | None = None,
    status: int = 200,
) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    rules_all = reach.rules_all_of(actor, user)
    context = {
        "person": user,
        "form": form,
        "replacement": replacement or ReplacementForm(actor=actor),
        "practitioner": practitioner or PractitionerForm(user=user),
        "today": clock.today(),
        "rules_all": rules_all,
        "rules_everywhere": actor.everywhere(TEAM),
        "is_me": request.user.pk == user.pk,
        "sessions": selectors.open_sessions(user) if rules_all else [],
        "here": request.session.session_key,
        "waiting": selectors.open_code(user),
        "by_mail": bool(settings.EMAIL_HOST),
        "rule": selectors.powers_of(user).second_factor,
    }
    return render(request, "accounts/person.html", context, status=status)


def _show_code(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """The only page that ever shows the code: it is kept nowhere and stands in no address."""
    page = _page_of(request, invitation.page)
    return render(request, "accounts/code.html", {"invitation": invitation, "page": page})


def _add_errors(form: forms.Form, refused: DomainError) -> None:
    errors: dict[str, Any] = refused.errors if isinstance(refused, FieldErrors) else {"": refused.sentence}
    for name, sentence in errors.items():
        form.add_error(name if name in form.fields else None, sentence)
