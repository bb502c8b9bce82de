"""Forms of sign-in, second factor, own account and team."""

from collections.abc import Mapping
from typing import Any

from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm, ReauthenticateForm
from allauth.core import context
from allauth.mfa import signals
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import BaseAuthenticateForm
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cuspide.accounts import reach, throttle, totp
from cuspide.accounts.models import FactorRule, User, normalised_email
from cuspide.accounts.services import PASSWORD_LIMIT
from cuspide.core.actor import Actor
from cuspide.core.forms import DayField
from cuspide.core.rights import ROLE_LABELS, Role
from cuspide.practice.models import Practitioner, Site

# Nobody becomes owner because the first line of a list was left as it was.
_ROLES = [("", _("Choose…")), *((role.value, label) for role, label in ROLE_LABELS.items())]


def _password_field(label: Any, autocomplete: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
        max_length=PASSWORD_LIMIT,
    )


def _dentist() -> forms.ModelChoiceField:
    """Whom of the practitioners somebody is; the form says who can be chosen."""
    return forms.ModelChoiceField(
        label=_("Is the dentist"),
        queryset=Practitioner.objects.none(),
        required=False,
        empty_label=_("Nobody of the list"),
        to_field_name="uuid",
        help_text=_("For a dentist: in whose name acts are done and billed."),
    )


class SignInForm(LoginForm):
    """Address and password. Whatever is typed there, the refusal is the same sentence."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Not an e-mail field: an address that is malformed or too long is a wrong one, told like every other.
        self.fields["login"] = forms.CharField(
            label=_("E-mail"),
            widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
        )
        self.fields["password"] = forms.CharField(
            label=_("Password"),
            strip=False,
            widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        )
        self.order_fields(["login", "password"])

    def clean_login(self) -> str:
        return normalised_email(self.cleaned_data["login"])[:254]

    def clean_password(self) -> str:
        # Cut, not refused: no password is that long, and a megabyte is not worth hashing.
        return str(self.cleaned_data["password"])[: PASSWORD_LIMIT + 1]


class ConfirmPasswordForm(ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"] = _password_field(_("Your password"), "current-password")


class ChangePasswordForm(AllauthChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"] = _password_field(_("Present password"), "current-password")
        self.fields["password1"] = _password_field(_("New password"), "new-password")
        self.fields["password1"].help_text = _("At least 12 characters. A sentence is easy to remember.")
        self.fields["password2"] = _password_field(_("New password, again"), "new-password")


def _counted(user: Any) -> throttle.Attempt:
    try:
        return throttle.try_code(context.request, user)
    except throttle.HeldUp as held:
        raise forms.ValidationError(held.sentence) from None


class _CodeForm(BaseAuthenticateForm):
    """A code of the authenticator app, or a recovery code."""

    reauthentication = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = forms.CharField(
            label=_("Code"),
            max_length=20,
            widget=forms.TextInput(
                attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True, "class": "num"}
            ),
            help_text=_("Six digits from your authenticator app, or a recovery code."),
        )

    def clean_code(self) -> str:
        attempt = _counted(self.user)
        code = str(self.cleaned_data["code"])
        factors = list(Authenticator.objects.filter(user=self.user).exclude(type=Authenticator.Type.WEBAUTHN))
        for factor in factors:
            of_app = factor.type == Authenticator.Type.TOTP
            if totp.accept(factor, code) if of_app else factor.wrap().validate_code(code):
                factor.user = self.user
                self.authenticator = factor
                attempt.was_right()
                return code
        if factors:
            signals.authentication_failed.send(
                sender=Authenticator,
                request=context.request,
                user=self.user,
                authenticator=factors[0],
                reauthentication=self.reauthentication,
            )
        raise get_adapter().validation_error("incorrect_code")

    def save(self) -> None:
        post_authentication(context.request, self.authenticator, reauthenticated=self.reauthentication)


class SecondFactorForm(_CodeForm):
    """The second step of sign-in."""


class ConfirmSecondFactorForm(_CodeForm):
    """A code asked again before something important."""

    reauthentication = True


class ActivateAppForm(ActivateTOTPForm):
    """The first code of a new authenticator app."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = forms.CharField(
            label=_("Code shown by the app"),
            max_length=20,
            widget=forms.TextInput(
                attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True, "class": "num"}
            ),
        )

    def clean_code(self) -> str:
        attempt = _counted(self.user)
        code = str(self.cleaned_data["code"])
        if totp.matching_step(self.secret, code) is None:
            raise get_adapter().validation_error("incorrect_code")
        attempt.was_right()
        return code


def _own_agenda() -> forms.BooleanField:
    return forms.BooleanField(
        label=_("Her own agenda only"),
        required=False,
        help_text=_("A dentist who sees her own appointments and patients, and of the others that a chair is taken."),
    )


def _offer_sites(field: Any, actor: Actor) -> None:
    """The sites whose team the actor rules; "all sites" only for whoever rules all of them."""
    sites = reach.sites_of(actor)
    field.queryset = Site.objects.all() if sites is None else Site.objects.filter(pk__in=sites)
    if sites is not None:
        field.required, field.empty_label = True, None


class InviteForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=150)
    email = forms.EmailField(label=_("E-mail"), max_length=254, help_text=_("The person signs in with it."))
    role = forms.ChoiceField(label=_("Role"), choices=_ROLES)
    site = forms.ModelChoiceField(
        label=_("Site"), queryset=Site.objects.none(), required=False, empty_label=_("All sites"), to_field_name="uuid"
    )
    practitioner = _dentist()
    ends_on = DayField(
        label=_("Last day"),
        required=False,
        help_text=_("For a contract that ends; empty otherwise."),
    )
    own_agenda = _own_agenda()

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_sites(_of(self, "site"), actor)
        _of(self, "practitioner").queryset = Practitioner.objects.filter(is_active=True)


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=_ROLES)
    site = forms.ModelChoiceField(
        label=_("Site"), queryset=Site.objects.none(), required=False, empty_label=_("All sites"), to_field_name="uuid"
    )
    ends_on = DayField(label=_("Last day"), required=False)
    own_agenda = _own_agenda()

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_sites(_of(self, "site"), actor)


class ReasonForm(forms.Form):
    """A few words: why an access is opened, where they are written at once; or under a `label` what was found."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write a few words.")},
    )

    def __init__(self, *args: Any, label: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if label:
            self.fields["reason"].label = label
        else:
            self.fields["reason"].widget.attrs["autofocus"] = True


class ReplacementForm(forms.Form):
    """A contract of replacement."""

    replaced = forms.ModelChoiceField(
        label=_("Replaces"), queryset=Practitioner.objects.none(), to_field_name="uuid", empty_label=None
    )
    site = forms.ModelChoiceField(label=_("Site"), queryset=Site.objects.none(), to_field_name="uuid", empty_label=None)
    executant_rpps = forms.CharField(
        label=_("RPPS of the replacement"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("Executant of the acts; they are billed under the number of the dentist who is replaced."),
    )
    starts_on = DayField(label=_("First day"))
    ends_on = DayField(label=_("Last day"), help_text=_("The access ends by itself at midnight."))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_sites(_of(self, "site"), actor)
        _of(self, "site").empty_label = None
        _of(self, "replaced").queryset = Practitioner.objects.filter(is_active=True)


class PractitionerForm(forms.Form):
    """Which of the practice's dentists somebody is; `was` is who the page said it was."""

    practitioner = _dentist()
    was = forms.ModelChoiceField(
        queryset=Practitioner.objects.all(), required=False, to_field_name="uuid", widget=forms.HiddenInput
    )

    def __init__(self, data: Any = None, *, user: User) -> None:
        now = user.practitioner.uuid if user.practitioner else None
        super().__init__(data, initial={"practitioner": now, "was": now})
        # One who has left stays chosen where she was.
        offered = Q(is_active=True) | Q(pk=user.practitioner_id)
        _of(self, "practitioner").queryset = Practitioner.objects.filter(offered)


def _of(form: forms.Form, name: str) -> Any:
    return form.fields[name]


class FactorRulesForm(forms.Form):
    """One choice a role; the owner has none to make about herself."""

    def __init__(self, *args: Any, rules: Mapping[Role, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for role, rule in rules.items():
            if role is not Role.OWNER:
                self.fields[role.value] = forms.ChoiceField(
                    label=ROLE_LABELS[role], choices=FactorRule.Rule.choices, initial=rule, widget=forms.Select
                )

    def chosen(self) -> dict[Role, str]:
        return {Role(name): value for name, value in self.cleaned_data.items()}


class WelcomeForm(forms.Form):
    """A person with a code chooses a password."""

    code = forms.CharField(
        label=_("One-time code"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        help_text=_("Twelve letters and digits that the owner of the practice gave you."),
    )
    password = _password_field(_("New password"), "new-password")
    again = _password_field(_("New password, again"), "new-password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = _("At least 12 characters. A sentence is easy to remember.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("password") and cleaned.get("again") and cleaned["password"] != cleaned["again"]:
            self.add_error("again", _("The two passwords are not the same."))
        return cleaned
