"""The form of a place."""

from django import forms
from django.utils.translation import gettext_lazy as _


class PlaceForm(forms.Form):
    """Where copies go."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("“Disk A”, “Reserve”: as you speak of it."))
    place = forms.CharField(
        label=_("Backup place"),
        max_length=400,
        help_text=_("An empty folder on another disk (/media/cabinet-a/cuspide), or rest:https://user:password@host/."),
    )
