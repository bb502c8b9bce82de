"""Who stands around a patient: one form for each kind, with what is asked of that kind."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cuspide.core.forms import DayField
from cuspide.core.pages.conflict import EditForm
from cuspide.patients.models import RelatedPerson
from cuspide.patients.models.people import OF_GUARDIANS, OF_PARENTS, Decides, Measure, PersonKind

RELATIONS = {
    PersonKind.PARENTAL: [
        pgettext_lazy("relation", "Mother"),
        pgettext_lazy("relation", "Father"),
        pgettext_lazy("relation", "Guardian of the minor"),
    ],
    PersonKind.PROTECTION: [
        pgettext_lazy("relation", "Spouse"),
        pgettext_lazy("relation", "Child"),
        pgettext_lazy("relation", "Professional representative"),
    ],
    PersonKind.TRUSTED: [
        pgettext_lazy("relation", "Spouse"),
        pgettext_lazy("relation", "Child"),
        pgettext_lazy("relation", "Friend"),
        pgettext_lazy("relation", "General practitioner"),
    ],
    PersonKind.EMERGENCY: [
        pgettext_lazy("relation", "Spouse"),
        pgettext_lazy("relation", "Child"),
        pgettext_lazy("relation", "Mother"),
        pgettext_lazy("relation", "Father"),
        pgettext_lazy("relation", "Neighbour"),
    ],
}
"""Proposed while it is typed; anything else may be written."""


class _PersonForm(EditForm):
    """What is asked of everybody."""

    name = forms.CharField(label=_("Name and given name"), max_length=200, required=False)
    number = forms.CharField(
        label=_("Or record number"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "list": "household-members"}),
        help_text=_("When this person is a patient of the practice."),
    )
    relation = forms.CharField(
        label=_("Relation to the patient"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"list": "relations"}),
    )
    phone = forms.CharField(
        label=_("Telephone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel"}),
    )
    remark = forms.CharField(
        label=_("Remark"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class ParentForm(_PersonForm):
    """A holder of parental authority."""

    decides = forms.ChoiceField(
        label=_("Decides"),
        choices=[(one.value, one.label) for one in OF_PARENTS],
        initial=Decides.JOINTLY,
        help_text=_("Both parents have parental authority, apart or not, unless a judgment says otherwise."),
    )
    separated = forms.BooleanField(label=_("Lives apart from the other parent"), required=False)
    since = DayField(label=_("Since"), required=False)
    seen_on = DayField(label=_("Judgment or family record book seen on"), required=False)


class GuardianForm(_PersonForm):
    """Whoever a judge or a mandate put in charge."""

    measure = forms.ChoiceField(label=_("Measure"), choices=[each for each in Measure.choices if each[0]])
    decides = forms.ChoiceField(
        label=_("For care"),
        choices=[(one.value, one.label) for one in OF_GUARDIANS],
        initial=Decides.PATIENT,
        help_text=_("As the decision says. Without a word on care in it, the patient decides alone."),
    )
    since = DayField(label=pgettext_lazy("a measure", "From"), required=False)
    until = DayField(label=pgettext_lazy("a measure", "To"), required=False)
    seen_on = DayField(label=_("Decision or mandate seen on"), required=False)


class TrustedForm(_PersonForm):
    """The trusted person (CSP art. L1111-6), designated in writing."""

    since = DayField(label=_("Designated on"), required=False)
    seen_on = DayField(label=_("Written designation seen on"), required=False)


class EmergencyForm(_PersonForm):
    """Whom to call."""


PERSON_FORMS: Mapping[str, type[_PersonForm]] = {
    PersonKind.PARENTAL: ParentForm,
    PersonKind.PROTECTION: GuardianForm,
    PersonKind.TRUSTED: TrustedForm,
    PersonKind.EMERGENCY: EmergencyForm,
}


def person_values(row: RelatedPerson, *, linked: bool) -> dict[str, Any]:
    """As the fields of the form. `linked`: whether the viewer may see that the person is a patient."""
    values = {name: getattr(row, name) for name in ("name", "relation", "remark", "measure", "decides", "separated")}
    values |= {name: getattr(row, name) for name in ("since", "until", "seen_on")}
    values["phone"] = row.phone_shown if row.phone else ""
    values["number"] = row.person.number if linked and row.person else ""
    return values


class EndPersonForm(EditForm):
    reason = forms.CharField(
        label=_("Why this no longer holds"),
        max_length=200,
        help_text=_("It leaves the banner and stays in the history."),
    )
