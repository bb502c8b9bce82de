"""Words for what an entry of the trace keeps beside its action."""

import re
from typing import Any

from django.utils.translation import pgettext_lazy

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?")

LABELS: dict[str, Any] = {
    "day": pgettext_lazy("trace", "Day"),
    "from": pgettext_lazy("trace", "From"),
    "to": pgettext_lazy("trace", "Until"),
    "person": pgettext_lazy("trace", "Person"),
    "patient": pgettext_lazy("trace", "Patient"),
    "patients": pgettext_lazy("trace", "Patients"),
    "action": pgettext_lazy("trace", "Action"),
    "shown": pgettext_lazy("trace", "Shown"),
    "place": pgettext_lazy("trace", "Workstation"),
    "format": pgettext_lazy("trace", "Format"),
    "answers": pgettext_lazy("trace", "Lists shown"),
    "sequence": pgettext_lazy("trace", "Entry"),
    "chain": pgettext_lazy("trace", "Value of the chain"),
    "destinations": pgettext_lazy("trace", "Kept in"),
    "proof": pgettext_lazy("trace", "Proof"),
    "list": pgettext_lazy("trace", "List"),
    "changed": pgettext_lazy("trace", "Changed"),
    "reason": pgettext_lazy("trace", "Reason"),
    "label": pgettext_lazy("trace", "Words"),
    "kind": pgettext_lazy("trace", "Kind"),
    "severity": pgettext_lazy("trace", "Severity"),
    "role": pgettext_lazy("trace", "Role"),
    "right": pgettext_lazy("trace", "Right"),
    "page": pgettext_lazy("trace", "Page"),
    "starts_on": pgettext_lazy("trace", "First day"),
    "ends_on": pgettext_lazy("trace", "Last day"),
    "starts_at": pgettext_lazy("trace", "Begins"),
    "minutes": pgettext_lazy("trace", "Minutes"),
    "chair": pgettext_lazy("trace", "Chair"),
    "chairs": pgettext_lazy("trace", "Chairs"),
    "practitioner": pgettext_lazy("trace", "Practitioner"),
    "number": pgettext_lazy("trace", "Number"),
    "total": pgettext_lazy("trace", "Total"),
    "code": pgettext_lazy("trace", "Code"),
    "edition": pgettext_lazy("trace", "Edition"),
    "tooth": pgettext_lazy("trace", "Tooth"),
    "teeth": pgettext_lazy("trace", "Teeth"),
    "surfaces": pgettext_lazy("trace", "Surfaces"),
    "state": pgettext_lazy("trace", "State"),
    "status": pgettext_lazy("trace", "Status"),
    "done_on": pgettext_lazy("trace", "Done on"),
    "observed_at": pgettext_lazy("trace", "Observed"),
    "fee": pgettext_lazy("trace", "Fee"),
    "amo": pgettext_lazy("trace", "AMO"),
    "amc": pgettext_lazy("trace", "AMC"),
    "through": pgettext_lazy("trace", "Through"),
    "before": pgettext_lazy("trace", "Before"),
    "after": pgettext_lazy("trace", "After"),
    "by": pgettext_lazy("trace", "By"),
    "late": pgettext_lazy("trace", "Late"),
    "confirmed": pgettext_lazy("trace", "Confirmed all the same"),
    "type": pgettext_lazy("trace", "Type"),
    "note": pgettext_lazy("trace", "Note"),
    "form": pgettext_lazy("trace", "Form"),
    "source": pgettext_lazy("trace", "Source"),
    "amount": pgettext_lazy("trace", "Amount"),
    "due": pgettext_lazy("trace", "To be paid"),
    "third_party": pgettext_lazy("trace", "Third-party payment"),
    "acts": pgettext_lazy("trace", "Acts"),
    "means": pgettext_lazy("trace", "Means"),
    "invoices": pgettext_lazy("trace", "Invoices"),
    "emptied": pgettext_lazy("trace", "Emptied"),
}


def label(key: str) -> Any:
    """What a key is called on the page; the key itself where nobody named it."""
    return LABELS.get(key, key)


def is_day(text: str) -> bool:
    """Whether a text is a day of the calendar as it is kept: 2026-11-24."""
    return bool(_DAY.fullmatch(text))


def is_instant(text: str) -> bool:
    """Whether a text is an instant as it is kept: 2026-11-24T08:30:00+00:00."""
    return bool(_INSTANT.fullmatch(text))
