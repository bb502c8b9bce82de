"""`{% load agenda %}`: what stands in a column.

A week has hundreds of entries; drawn by the template language they were more than half of the page's time, and by
`format_html`, which asks each value several times what it is, still a third of it.
"""

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from cuspide.agenda.selectors.board import Column, Entry
from cuspide.core.pages.markup import filled

register = template.Library()

_GAP = (
    '<li class="{}"><a class="gap-link" href="{}" data-free><span class="visually-hidden">{} {}, </span>'
    '<span class="gap-length">{}</span></a></li>\n'
)
_OPENING = '<li class="{}" id="rdv-{}"><a class="rdv-link" href="{}"'
_TAKEN = (
    '<li class="{}"><span class="rdv-link" data-start="{}" data-minutes="{}"><span class="rdv-time">{}</span> '
    "<span>{}</span></span></li>\n"
)
_VERSION = ' data-version="{}"'
_TOLD = ' data-start="{}" data-minutes="{}"><span class="rdv-time">{}</span> <strong class="person">{}</strong> '
_CLOSING = '<span class="rdv-type">{}</span></a></li>\n'
_CLOSED = '<li class="closed {}" aria-hidden="true"></li>'
_STATE = '<span class="rdv-state"><span class="rdv-word">{}</span></span> '


@register.simple_tag
def entries(column: Column) -> SafeString:
    """The closed hours of a column, its appointments and its free gaps, in the order of the day."""
    free = _("Free from")
    closed = [filled(_CLOSED, one) for one in column.closed]
    drawn = [_gap(entry, free) if entry.is_free else _appointment(entry) for entry in column.entries]
    return SafeString("".join([*closed, *drawn]))


def _gap(entry: Entry, free: str) -> str:
    return filled(_GAP, entry.classes, entry.url, free, entry.time, entry.title)


def _appointment(entry: Entry) -> str:
    if entry.uuid is None:  # somebody else's: that the chair is taken, and nothing more
        return filled(_TAKEN, entry.classes, entry.start, entry.minutes, entry.time, entry.title)
    opening = filled(_OPENING, entry.classes, entry.uuid, entry.url)
    version = filled(_VERSION, entry.version) if entry.is_movable else ""
    told = filled(_TOLD, entry.start, entry.minutes, entry.time, entry.title)
    state = filled(_STATE, entry.state_label) if entry.state_label else ""
    return opening + version + told + state + filled(_CLOSING, entry.subtitle)
