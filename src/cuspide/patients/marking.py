"""What a search found, as it is shown: the letters that were typed are marked, and the name that has them is there."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from cuspide.patients import banner
from cuspide.patients.models import Patient
from cuspide.patients.rules.birth import birth_tokens
from cuspide.patients.rules.marking import spans
from cuspide.patients.selectors import Found


@dataclass(frozen=True)
class Marked:
    """A line of an answer, each part with `<mark>` on what was typed. `also` is another name: the one at birth, or the
    given names of which a later one was found."""

    patient: Patient
    name: SafeString
    also: SafeString
    birth_day: SafeString
    born: SafeString
    phone: SafeString
    number: SafeString


def marked(text: str, terms: Sequence[str], *, from_start: bool = False) -> SafeString:
    """The text with its found letters in `<mark>`."""
    shown, last = mark_safe(""), 0
    for first, past in spans(text, terms, from_start=from_start):
        shown += format_html("{}<mark>{}</mark>", text[last:first], text[first:past])
        last = past
    return shown + format_html("{}", text[last:])


def line(found: Found) -> Marked:
    """One patient as the search box and the list show her."""
    patient, terms = found.patient, found.terms
    day = _birth(patient, banner.birth_day(patient), terms)
    return Marked(
        patient=patient,
        name=marked(patient.display_name, terms),
        also=_also(patient, terms),
        birth_day=day,
        born=_within(banner.born(patient), banner.birth_day(patient), day),
        phone=marked(found.phone, terms, from_start=True),
        number=marked(str(patient.number), terms, from_start=True),
    )


def _also(patient: Patient, terms: Sequence[str]) -> SafeString:
    shown = []
    if patient.differs_at_birth:
        at_birth = marked(patient.birth_identity, terms)
        shown.append(_within(banner.at_birth(patient), patient.birth_identity, at_birth))
    names = f"{patient.display_name} {patient.birth_identity if patient.differs_at_birth else ''}"
    unseen = [term for term in terms if not spans(names, [term])]
    given_names = marked(patient.birth_given_names, unseen)
    if "<mark>" in given_names:
        shown.append(_within(_("given names %(names)s") % {"names": "\0"}, "\0", given_names))
    return mark_safe(" · ".join(shown))  # noqa: S308 - each part was escaped as it was made


def _birth(patient: Patient, day: str, terms: Sequence[str]) -> SafeString:
    if day and any(token.startswith(term) for token in birth_tokens(patient.birth_date) for term in terms):
        return format_html("<mark>{}</mark>", day)
    return format_html("{}", day)


def _within(sentence: str, part: str, shown: SafeString) -> SafeString:
    """A sentence with one of its parts drawn already."""
    before, found, after = sentence.rpartition(part) if part else (sentence, "", "")
    return format_html("{}{}{}", before, shown if found else "", after)
