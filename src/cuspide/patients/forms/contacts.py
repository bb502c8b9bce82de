"""How the patient is reached."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cuspide.core.pages.conflict import EditForm

_TEL = {"type": "tel", "inputmode": "tel"}


class ContactsForm(EditForm):
    """Telephones, e-mail, address."""

    mobile = forms.CharField(
        label=pgettext_lazy("telephone", "Mobile"), max_length=40, required=False, widget=forms.TextInput(attrs=_TEL)
    )
    home_phone = forms.CharField(
        label=pgettext_lazy("telephone", "Home"), max_length=40, required=False, widget=forms.TextInput(attrs=_TEL)
    )
    work_phone = forms.CharField(
        label=pgettext_lazy("telephone", "Work"), max_length=40, required=False, widget=forms.TextInput(attrs=_TEL)
    )
    other_phone = forms.CharField(
        label=_("Another person"), max_length=40, required=False, widget=forms.TextInput(attrs=_TEL)
    )
    other_whose = forms.CharField(
        label=_("Who that is"), max_length=120, required=False, help_text=_("Mother, daughter, neighbour…")
    )
    email = forms.CharField(
        label=_("E-mail"),
        max_length=254,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "email", "autocapitalize": "none", "spellcheck": "false"}),
    )
    line1 = forms.CharField(label=_("Address"), max_length=120, required=False)
    line2 = forms.CharField(label=_("Address, continued"), max_length=120, required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=12, required=False)
    city = forms.CharField(label=_("Town"), max_length=120, required=False)
    country = forms.CharField(
        label=_("Country"),
        min_length=2,
        max_length=2,
        required=False,
        initial="FR",
        help_text=_("Two letters: FR, BE…"),
    )
