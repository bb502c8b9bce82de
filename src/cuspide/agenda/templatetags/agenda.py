"""`{% load agenda %}`: what stands in a column.

A week has hundreds of entries; drawn by the template language they were more than half of the page's time.
"""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from cuspide.agenda.selectors.board import Column, Entry

register = template.Library()

_GAP = (
    '<li class="{}"><a class="gap-link" href="{}" data-free><span class="visually-hidden">{} {}, </span>'
    '<span class="gap-length">{}</span></a></li>\n'
)
_APPOINTMENT = (
    '<li class="{}" id="rdv-{}"><a class="rdv-link" href="{}"{} data-start="{}" data-minutes="{}">'
    '<span class="rdv-time">{}</span> <strong class="person">{}</strong> {}<span class="rdv-type">{}</span></a></li>\n'
)
_STATE = '<span class="rdv-state"><span class="rdv-word">{}</span></span> '


@register.simple_tag
def entries(column: Column) -> SafeString:
    """The closed hours of a column, its appointments and its free gaps, in the order of the day."""
    free = _("Free from")
    closed = format_html_join("", '<li class="closed {}" aria-hidden="true"></li>', ((one,) for one in column.closed))
    drawn = [_gap(entry, free) if entry.is_free else _appointment(entry) for entry in column.entries]
    return format_html("{}{}", closed, format_html_join("", "{}", ((one,) for one in drawn)))


def _gap(entry: Entry, free: str) -> SafeString:
    return format_html(_GAP, entry.classes, entry.url, free, entry.time, entry.title)


def _appointment(entry: Entry) -> SafeString:
    version = format_html(' data-version="{}"', entry.version) if entry.is_movable else ""
    state = format_html(_STATE, entry.state_label) if entry.state_label else ""
    return format_html(
        _APPOINTMENT,
        entry.classes,
        entry.uuid,
        entry.url,
        version,
        entry.start,
        entry.minutes,
        entry.time,
        entry.title,
        state,
        entry.subtitle,
    )
