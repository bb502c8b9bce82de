"""The form of a place."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cuspide.continuity.models import Destination


class PlaceForm(forms.Form):
    """Where copies go."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("“Disk A”, “Reserve”: as you speak of it."))
    place = forms.CharField(
        label=_("Backup place"),
        max_length=400,
        help_text=_("An empty folder on another disk (/media/cabinet-a/cuspide), or rest:https://user:password@host/."),
    )


class DiskForm(forms.Form):
    """A removable disk of the rotation."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("“Disk A”, as it is written on it."))
    label = forms.CharField(
        label=_("Label of the disk"),
        max_length=60,
        help_text=_("Its name in the system, such as CABINET-A."),
    )
    every_days = forms.IntegerField(
        label=_("Due every (days)"), min_value=1, max_value=92, initial=7, help_text=_("Three disks in turn: 3.")
    )
    allowed_hours = forms.IntegerField(
        label=_("May stay plugged in (hours)"),
        min_value=0,
        max_value=72,
        initial=4,
        help_text=_("After it is written and read back."),
    )


class _PlaceField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class SheetForm(forms.Form):
    """The lines of the escrow sheet, to be tried on a place."""

    place = _PlaceField(Destination.objects.none(), label=_("Backup place"), empty_label=None, to_field_name="uuid")
    lines = forms.CharField(
        label=_("The five lines of the sheet"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 5, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("With the three control letters at the end of each."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["place"]
        assert isinstance(choice, forms.ModelChoiceField)
        choice.queryset = Destination.objects.filter(ended_at=None).order_by("name")
