"""The list of who saw a record, handed over: for which time, to whom, and how it was made sure who that is."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cuspide.core.forms import DayField

IDENTITY_CHECKS = (
    ("document", _("Identity card, passport or residence permit, seen here")),
    ("copy", _("Copy of an identity document, received with a signed request")),
    ("known", _("Known to the practice, in person")),
)
RECIPIENTS = (
    ("patient", _("The patient")),
    ("representative", _("Holder of parental authority or guardian, who proved it")),
    ("heir", _("Heir or relative after a death, who proved the ground")),
)


class HandOverForm(forms.Form):
    """What the owner states when she hands the list over."""

    first = DayField(label=_("From"))
    last = DayField(label=_("Until"))
    recipient = forms.ChoiceField(label=_("Handed to"), choices=[("", "—"), *RECIPIENTS])
    identity = forms.ChoiceField(label=_("Identity checked by"), choices=[("", "—"), *IDENTITY_CHECKS])
    names = forms.BooleanField(
        label=_("Give the names of the people, not only what they are here"),
        required=False,
        help_text=_(
            "A patient is owed what was looked at, when and in which function; names only where they are needed to "
            "understand (Court of Justice of the EU, C-579/21)."
        ),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("first") and given.get("last") and given["first"] > given["last"]:
            self.add_error("last", _("The last day lies before the first."))
        return given
