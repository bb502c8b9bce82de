"""Forms of billing: what was typed, cleaned; the rules are the services'."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cuspide.billing.models import Means, ThirdPartyMode
from cuspide.billing.services import Tender
from cuspide.core.forms import DayField, EurosField, MonthField, asked
from cuspide.formats.pricing import ThirdParty

ROWS = 4
FIRST_MONTH = dt.date(2000, 1, 1)


class IssueForm(forms.Form):
    """Which acts, and who pays the practice."""

    acts = forms.TypedMultipleChoiceField(label=_("Acts"), error_messages={"required": _("Choose at least one act.")})
    third_party = forms.ChoiceField(label=_("Third-party payment"), choices=ThirdPartyMode.choices)

    def __init__(self, *args: Any, acts: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["acts"].choices = [(public, public) for public in acts]  # type: ignore[attr-defined]

    @property
    def mode(self) -> ThirdParty:
        return ThirdParty(self.cleaned_data["third_party"])


class TenderForm(forms.Form):
    """One row of what is handed over. A row without amount is not there."""

    means = forms.ChoiceField(label=_("Means of payment"), choices=Means.choices, required=False)
    amount = EurosField(label=_("Amount"), required=False, max_length=30)
    cheque_bank = forms.CharField(label=_("Bank"), required=False, max_length=60)
    cheque_number = forms.CharField(label=_("Cheque no."), required=False, max_length=20)
    held_until = DayField(label=_("Cash it on"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("amount") is not None and not cleaned.get("means") and "means" not in self.errors:
            self.add_error("means", _("Choose how it is paid."))
        return cleaned

    @property
    def tender(self) -> Tender | None:
        """What the row says, or nothing; call it after `is_valid`."""
        said = self.cleaned_data
        if said.get("amount") is None:
            return None
        cheque = said["means"] == Means.CHEQUE
        return Tender(
            means=said["means"],
            amount=said["amount"],
            cheque_bank=said["cheque_bank"] if cheque else "",
            cheque_number=said["cheque_number"] if cheque else "",
            held_until=said["held_until"] if cheque else None,
        )


class PaymentForm(forms.Form):
    """Which invoices are paid, and when it was received."""

    invoices = forms.TypedMultipleChoiceField(
        label=_("Invoices"), error_messages={"required": _("Choose the invoice that is paid.")}
    )
    received_on = DayField(label=_("Received on"))

    def __init__(self, *args: Any, invoices: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["invoices"].choices = [(public, public) for public in invoices]  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """Why something is taken back."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.TextInput(attrs={"autofocus": True}))


def asked_month(text: str, today: dt.date) -> tuple[dt.date, str]:
    """The month that an address asks for, since the year 2000; the current one for what is no month, and why."""
    month, error = asked(MonthField(required=False), text)
    current = today.replace(day=1)
    return (month if month and FIRST_MONTH <= month <= current else current), error


def asked_day(text: str, today: dt.date) -> tuple[dt.date, str]:
    """The day that an address asks for, since the year 2000; today for what is no day, and why."""
    day, error = asked(DayField(required=False), text)
    return (day if day and FIRST_MONTH <= day <= today else today), error
