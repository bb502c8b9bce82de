"""Sentences for what the formats refuse, in the user's language."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cuspide.core.errors import DomainError
from cuspide.formats.errors import FormatError
from cuspide.formats.pricing import Notice

_SENTENCES: dict[str, Any] = {
    "pricing.amount": gettext_lazy("An amount is a positive number of euros and cents."),
    "pricing.fee_missing": gettext_lazy("This act has no tariff: type the fee."),
    "pricing.modifiers": gettext_lazy("An act has four modifiers at most."),
    "pricing.modifiers_repeated": gettext_lazy("The same modifier stands twice on the act."),
    "pricing.quantity": gettext_lazy("The quantity of an act is between 1 and 99."),
    "pricing.modifier_unknown": gettext_lazy("The modifier %(modifier)s is not known on that day."),
    "pricing.modifier_refused": gettext_lazy("This act does not take the modifier %(modifier)s."),
    "pricing.prevention": gettext_lazy("This act may not be billed as prevention."),
    "pricing.association": gettext_lazy("Association code 4 stands on all acts of a session, or on none."),
    "pricing.date": gettext_lazy("No rates are known before 2019."),
    "ccam.code": gettext_lazy("A CCAM code is four letters and three digits."),
    "ccam.encoding": gettext_lazy("The file is not UTF-8 text."),
    "ccam.csv": gettext_lazy("The file is not a CSV table."),
    "ccam.title": gettext_lazy("The first line does not name a version of the CCAM and its date."),
    "ccam.columns": gettext_lazy("A row of the CCAM has eleven columns."),
    "ccam.repeated": gettext_lazy("The same code stands twice in the file."),
    "ccam.activity": gettext_lazy("An activity is a digit from 1 to 5."),
    "ccam.phase": gettext_lazy("A phase is a digit from 0 to 3."),
    "ccam.tariff": gettext_lazy("A tariff is an amount in euros."),
    "ccam.exo_tm": gettext_lazy("Exemption codes are digits with a hyphen between."),
    "ccam.regroupement": gettext_lazy("A group of acts has two or three characters."),
    "ccam.empty": gettext_lazy("The file holds no act."),
}

NOTICES: dict[Notice, Any] = {
    Notice.FEE_OVER_CEILING: gettext_lazy("The fee is above the ceiling of its basket."),
    Notice.CEILING_UNKNOWN: gettext_lazy("The ceiling of this act is not known here: check it."),
    Notice.FEE_OVER_TARIFF: gettext_lazy("This act is billed at its tariff: the overrun needs a ground."),
    Notice.LIMITED_BY_C2S: gettext_lazy("The fee was brought down: no overrun is asked of a holder of C2S."),
    Notice.NOT_COVERED: gettext_lazy("Not covered by health insurance."),
    Notice.FLAT_PARTICIPATION: gettext_lazy("A flat participation of 24 euros takes the place of the patient's part."),
}


def sentence(error: FormatError) -> str:
    """What is wrong and where, for a person to read."""
    said = str(_SENTENCES.get(error.code, error.sentence)) % error.params
    if error.line is None:
        return said
    if error.column is None:
        return _("Line %(line)d: %(what)s") % {"line": error.line, "what": said}
    return _("Line %(line)d, column %(column)d: %(what)s") % {
        "line": error.line,
        "column": error.column,
        "what": said,
    }


def refusal(error: FormatError) -> DomainError:
    """The same as a refusal that a view shows."""
    return DomainError(sentence(error))
