"""What a patient agrees to."""

from django import forms
from django.utils.translation import gettext_lazy as _

from cuspide.core.forms import DayField
from cuspide.core.pages.conflict import EditForm
from cuspide.patients.models.consents import ConsentManner


class ConsentForm(EditForm):
    agrees = forms.TypedChoiceField(
        label=_("Answer"),
        choices=[("yes", _("Agrees")), ("no", _("Opposes"))],
        coerce=lambda text: text == "yes",
        widget=forms.RadioSelect,
    )
    said_by = forms.CharField(
        label=_("Said by"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"list": "those-who-decide"}),
        help_text=_("Empty: the patient. Else the parent or the guardian."),
    )
    manner = forms.ChoiceField(label=_("How"), choices=ConsentManner.choices, initial=ConsentManner.ORAL)
    said_on = DayField(label=_("On"))
    remark = forms.CharField(label=_("Remark"), max_length=300, required=False)


class VoidConsentForm(EditForm):
    reason = forms.CharField(
        label=_("Why it was noted by mistake"),
        max_length=200,
        help_text=_("What was said before holds again. The line stays in the history."),
    )
