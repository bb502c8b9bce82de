"""Forms of the nomenclature's pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cuspide.core import clock
from cuspide.core.forms import DayField, EurosField
from cuspide.nomenclature.models import Basket, FeeCeiling
from cuspide.practice.models import LegalEntity


class BrowseForm(forms.Form):
    """What the list shows. The words of a search are posted; basket and day may stand in the address."""

    text = forms.CharField(
        label=_("Act, word or code"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    basket = forms.ChoiceField(label=_("Basket"), required=False, choices=[("", _("All baskets")), *Basket.choices])
    day = DayField(label=_("Tariffs on"), required=False)


class FeeForm(forms.Form):
    """The practice's own fee."""

    entity = forms.ModelChoiceField(label=_("Billed by"), queryset=LegalEntity.objects.none(), empty_label=None)
    amount = EurosField(label=_("Fee"))
    valid_from = DayField(label=pgettext_lazy("validity", "From"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        entity = self.fields["entity"]
        if isinstance(entity, forms.ModelChoiceField):
            entity.queryset = LegalEntity.objects.all()
        self.fields["valid_from"].initial = clock.today


class CorrectionForm(forms.Form):
    """The practice's own value of a tariff or a ceiling, with where it comes from."""

    WHAT = [
        ("tariff", _("Tariff")),
        (FeeCeiling.Kind.CONVENTION.value, _("Fee ceiling")),
        (FeeCeiling.Kind.C2S.value, _("Highest fee with C2S")),
    ]

    what = forms.ChoiceField(label=pgettext_lazy("correction", "Value"), choices=WHAT)
    amount = EurosField(label=_("Amount"))
    valid_from = DayField(label=pgettext_lazy("validity", "From"))
    valid_to = DayField(label=pgettext_lazy("validity", "Until"), required=False)
    source = forms.CharField(label=_("Source"), max_length=200, help_text=_("Text and date where the value was read"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Two forms stand on the page of an act: their fields must not share an id.
        super().__init__(*args, **{"auto_id": "correction_%s", **kwargs})
        self.fields["valid_from"].initial = clock.today


class OwnActForm(forms.Form):
    """An act outside the nomenclature."""

    code = forms.CharField(label=_("Code"), max_length=12)
    label = forms.CharField(label=pgettext_lazy("act", "Label"), max_length=300)
    amount = EurosField(label=_("Usual fee"), required=False)
