"""`{% load billing %}`: the rows of a long list.

Fifty rows drawn by the template language were half of the list's time; see `agenda.templatetags.agenda`.
"""

import uuid
from collections.abc import Sequence

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cuspide.billing.models import Invoice
from cuspide.core.pages import typography
from cuspide.core.pages.markup import filled

register = template.Library()

_NOBODY = uuid.UUID(int=0)
_ROW = (
    '<tr><td class="code"><a class="row-link" href="{}">{}</a></td><td class="wide-only date">{}</td>'
    '<td><strong class="person">{}</strong></td><td class="wide-only">{}</td><td class="num wide-only">{}</td>'
    '<td class="num wide-only">{}</td><td class="num"><strong>{}</strong></td><td>'
)
_SINCE = "{}</span></td>"
_TONES = ((60, '<span class="state danger">'), (30, '<span class="state watch">'))
_TAKE = '<td class="row-actions"><a class="button small" href="{}?invoice={}" aria-label="{}">{}</a></td></tr>\n'
_LOOK = '<td class="row-actions"></td></tr>\n'


def _address_of(name: str) -> str:
    """The address of a page with a place for whose it is."""
    return reverse(name, args=[_NOBODY]).replace(str(_NOBODY), "{}")


@register.simple_tag
def unpaid_rows(rows: Sequence[tuple[Invoice, int]], may_take: bool) -> SafeString:
    """Invoices with the days that they have been waiting for."""
    invoice_at, pay_at = _address_of("billing:invoice"), _address_of("billing:pay")
    take, take_of, today = _("Take the payment"), _("Take the payment of invoice %(number)s"), _("today")
    drawn = []
    for invoice, days in rows:
        number = invoice.number_text
        drawn.append(
            filled(
                _ROW,
                invoice_at.format(invoice.uuid),
                number,
                typography.day(invoice.issued_on),
                invoice.patient.display_name,
                invoice.practitioner,
                *map(typography.euros, (invoice.due, invoice.paid, invoice.rest)),
            )
        )
        drawn.append(next((tone for beyond, tone in _TONES if days > beyond), "<span>"))
        waited = ngettext("%(shown)s day", "%(shown)s days", days) % {"shown": typography.number(days)}
        drawn.append(filled(_SINCE, waited if days else today))
        said = take_of % {"number": number}
        drawn.append(
            filled(_TAKE, pay_at.format(invoice.patient.uuid), invoice.uuid, said, take) if may_take else _LOOK
        )
    return SafeString("".join(drawn))
