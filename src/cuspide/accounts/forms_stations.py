"""Forms of workstations and of the PIN."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cuspide.accounts.models import Workstation
from cuspide.accounts.models.stations import DEFAULT_LOCK_MINUTES, STATION_NAME_LIMIT
from cuspide.accounts.services.stations import Described
from cuspide.practice.models import Site


class StationForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=STATION_NAME_LIMIT,
        help_text=_("As people call the place: Fauteuil 1, Accueil, Stérilisation."),
    )
    kind = forms.ChoiceField(
        label=_("Where it stands"), choices=Workstation.Kind.choices, widget=forms.RadioSelect, initial="desk"
    )
    site = forms.ModelChoiceField(label=_("Site"), queryset=Site.objects.none(), to_field_name="uuid", empty_label=None)
    lock_after = forms.IntegerField(
        label=_("Locks after (minutes without activity)"),
        initial=DEFAULT_LOCK_MINUTES,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "num"}),
        error_messages={"invalid": _("Between 1 and 120 minutes.")},
    )
    shows = forms.ChoiceField(
        label=_("What stays in sight when it is locked"),
        choices=Workstation.Shows.choices,
        widget=forms.RadioSelect,
        initial="nothing",
        help_text=_("Only at the chair: the patient's own picture, without a name."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sites: Any = self.fields["site"]
        sites.queryset = Site.objects.all()

    def described(self) -> Described:
        """What the form says; only when it is valid."""
        chosen = {key: self.cleaned_data[key] for key in ("name", "kind", "site", "lock_after", "shows")}
        return Described(**chosen)


class PinForm(forms.Form):
    pin = forms.CharField(
        label=_("PIN"),
        max_length=20,
        help_text=_("Four to eight digits. No date, no row of the keypad."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "pin num", "autofocus": True}),
    )
    again = forms.CharField(
        label=_("The same again"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "pin num"}),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if "pin" in given and "again" in given and given["pin"] != given["again"]:
            self.add_error("again", _("The two are not the same."))
        return given
