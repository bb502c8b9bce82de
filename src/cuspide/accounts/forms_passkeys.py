"""Forms around passkeys: the browser's answer comes in a hidden field."""

from typing import Any

from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm
from allauth.mfa.webauthn.internal import auth
from django import forms
from django.utils.translation import gettext_lazy as _

from cuspide.accounts import passkeys, traces
from cuspide.accounts.models import Seat


class AnswerField(forms.JSONField):
    """What the browser answers, as JSON: a few thousand letters, a few levels."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value if value is None or len(value) <= passkeys.ANSWER_LIMIT else "{")
        except RecursionError:
            raise forms.ValidationError(self.error_messages["invalid"]) from None


def answer_field() -> AnswerField:
    return AnswerField(
        widget=forms.HiddenInput,
        error_messages={
            "required": _("The browser gave no passkey. Try again, or use another way."),
            "invalid": _("This passkey was not accepted. Try again, or use another way."),
        },
    )


class PasskeyForm(AuthenticateWebAuthnForm):
    """A passkey as the second step of sign-in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["credential"] = answer_field()

    def challenge(self) -> Any:
        """What the answer must answer to, taken so that it is not there a second time."""
        state = auth.get_state()
        auth.clear_state()
        return state

    def clean_credential(self) -> Authenticator:
        user = self.user
        try:
            with passkeys.refusing():
                answer = self.cleaned_data["credential"]
                user = user or passkeys.holder(answer)
                return passkeys.accept(user, answer, self.challenge())
        except forms.ValidationError as refused:
            self.note_refused(user, copied=isinstance(refused, passkeys.Copied))
            raise

    def note_refused(self, user: Any, *, copied: bool) -> None:
        traces.passkey_refused(user, copied=copied)


class PasskeySignInForm(PasskeyForm):
    """A passkey alone: something one has and, because the device asks for finger, face or code, something one is or
    knows."""

    reauthenticated = False
    passwordless = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, user=None, **kwargs)

    def challenge(self) -> Any:
        return passkeys.take_challenge(context.request)


class UnlockForm(PasskeyForm):
    """A passkey at the lock: one of the person's own, in answer to what was asked for this seat alone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.seat: Seat = kwargs.pop("seat")
        super().__init__(*args, user=self.seat.user, **kwargs)

    def challenge(self) -> Any:
        return passkeys.take_challenge(context.request, passkeys.for_seat(self.seat))

    def note_refused(self, user: Any, *, copied: bool) -> None:
        """The lock itself tells of every wrong try; a copied key has a name of its own."""
        if copied:
            super().note_refused(user, copied=True)


class AddPasskeyForm(forms.Form):
    """A new passkey and what its person calls it."""

    name = forms.CharField(
        label=_("Name of this passkey"),
        max_length=passkeys.NAME_LIMIT,
        help_text=_("So that you know it again: “Windows of the office”, “blue key”."),
    )
    credential = answer_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.user = kwargs.pop("user")
        super().__init__(*args, **kwargs)

    def clean_credential(self) -> Any:
        answer = self.cleaned_data["credential"]
        if len(passkeys.of(self.user)) >= passkeys.PASSKEYS_LIMIT:
            raise forms.ValidationError(_("Twenty passkeys are enough: remove one first."))
        with passkeys.refusing():
            auth.parse_registration_response(answer)
            if not auth.complete_registration(answer).credential_data:
                raise ValueError("no key")
        return answer


class NamePasskeyForm(forms.Form):
    """What a passkey is called."""

    name = forms.CharField(label=_("Name of this passkey"), max_length=passkeys.NAME_LIMIT)
