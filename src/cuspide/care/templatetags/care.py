"""`{% load care %}`: marks in words."""

from django import template

from cuspide.care.odontogram.state import Mark
from cuspide.care.odontogram.words import mark_in_words

register = template.Library()


@register.filter
def mark_words(mark: Mark) -> str:
    """ "mesial and occlusal caries"."""
    return mark_in_words(mark)
