"""The form of a practitioner."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cuspide.core.actor import Actor
from cuspide.core.pages.conflict import EditForm
from cuspide.practice import selectors
from cuspide.practice.models import Practitioner

# In the order of the pages' `tint-1` to `tint-8`.
TINT_NAMES = [
    (1, pgettext_lazy("colour", "Teal")),
    (2, pgettext_lazy("colour", "Blue")),
    (3, pgettext_lazy("colour", "Violet")),
    (4, pgettext_lazy("colour", "Pink")),
    (5, pgettext_lazy("colour", "Red")),
    (6, pgettext_lazy("colour", "Orange")),
    (7, pgettext_lazy("colour", "Yellow")),
    (8, pgettext_lazy("colour", "Green")),
]


def _number() -> forms.TextInput:
    return forms.TextInput(attrs={"inputmode": "numeric"})


class PractitionerForm(EditForm):
    """What the practice says of a practitioner. Names and numbers are judged by the service."""

    title = forms.CharField(label=_("Title"), max_length=20, initial="Dr")
    given_name = forms.CharField(label=_("Given name"), max_length=80)
    family_name = forms.CharField(label=_("Family name"), max_length=80, help_text=_("As on invoices."))
    specialty = forms.ChoiceField(
        label=_("Speciality"), choices=Practitioner.Specialty.choices, initial=Practitioner.Specialty.GENERAL
    )
    rpps = forms.CharField(
        label=_("RPPS number"),
        max_length=40,
        required=False,
        widget=_number(),
        help_text=_("Eleven digits, for life. Invoices carry it."),
    )
    am_number = forms.CharField(
        label=_("AM number"),
        max_length=40,
        required=False,
        widget=_number(),
        help_text=_("Nine digits: the number under which health insurance is billed at this practice."),
    )
    entity = forms.ChoiceField(label=_("Bills through"), choices=[])
    tint = forms.TypedChoiceField(label=_("Colour"), choices=TINT_NAMES, coerce=int)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.entities = {str(one.uuid): one for one in selectors.kept_entities(actor)}
        entity: Any = self.fields["entity"]
        entity.choices = [(public, one.name) for public, one in self.entities.items()]
        if len(self.entities) == 1:
            # Nothing to choose: it goes along unseen.
            entity.widget, entity.initial = forms.HiddenInput(), next(iter(self.entities))

    def typed(self) -> dict[str, Any]:
        """What the form says, as the services ask for it; only when it is valid."""
        return {**self.cleaned_data, "entity": self.entities[self.cleaned_data["entity"]]}


def values(practitioner: Practitioner) -> dict[str, Any]:
    """What the form holds of a practitioner."""
    names = ("title", "given_name", "family_name", "specialty", "rpps", "am_number", "tint")
    return {**{name: getattr(practitioner, name) for name in names}, "entity": str(practitioner.entity.uuid)}
