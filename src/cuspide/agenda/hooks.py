"""What the agenda adds to the registry."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cuspide.agenda import demo, news, trace_words, written  # noqa: F401 - its words are added by importing it
from cuspide.agenda.permissions import BOOK, VIEW
from cuspide.audit import naming
from cuspide.core import clock, registry
from cuspide.core.actor import Actor
from cuspide.core.demo import DemoPart, demo_parts
from cuspide.core.pages import typography
from cuspide.core.pages.addresses import address
from cuspide.core.pages.read_once import once_a_page
from cuspide.core.registry import BannerItem
from cuspide.patients import reach
from cuspide.patients.merging import MergeRule, merge_rules

if TYPE_CHECKING:
    from cuspide.agenda.selectors.appointments import Ends
    from cuspide.patients.models import Patient
    from cuspide.practice.models import Practitioner


def _home_day(actor: Actor, request: Any) -> Mapping[str, Any] | None:
    from cuspide.agenda.views import shown as pages

    try:
        shown = pages.read(actor, "day", None, type(request.GET)())
    except Http404:
        return None
    pages.trace(request, shown)
    return {
        "board": shown.board,
        "closed_for": shown.board.days[0].closed_for,
        "may_book": actor.can(BOOK, shown.site.pk),
        "shown_query": "",
        "now_time": pages.now_time(shown.site),
        "agenda_words": pages.words(),
        "live_topics": news.topics(shown.site, [each.day for each in shown.board.days]),
    }


def _home_reception(actor: Actor, _request: Any) -> Mapping[str, Any] | None:
    from cuspide.agenda.selectors.reception import reception
    from cuspide.agenda.views.shown import site_of

    try:
        site = site_of(actor, None)
    except Http404:
        return None
    return {"reception": reception(actor, site), "may_book": actor.can(BOOK, site.pk)}


@once_a_page
def _ends(actor: Actor, patient: "Patient") -> "Ends":
    from cuspide.agenda.selectors.appointments import ends_of

    return ends_of(actor, patient)


def _banner(actor: Actor, patient: "Patient") -> Sequence[BannerItem]:
    ends = _ends(actor, patient)
    items = []
    if ends.last:
        items.append(
            BannerItem(
                label=_("Last appointment"),
                value=typography.day(clock.local(ends.last.starts_at, ends.last.site.time_zone)),
            )
        )
    if ends.next:
        items.append(
            BannerItem(
                label=_("Next appointment"),
                value=typography.moment(clock.local(ends.next.starts_at, ends.next.site.time_zone)),
                url=address("agenda:appointment", ends.next.uuid),
            )
        )
    return items


def _summary(actor: Actor, patient: "Patient") -> Mapping[str, Any]:
    from cuspide.agenda.selectors.recalls import due_recalls

    return {
        "recalls": due_recalls(patient),
        "recalls_url": address("agenda:patient", patient.uuid),
        "ends": _ends(actor, patient),
        "may_book": reach.may(actor, BOOK, patient),
        "book_url": f"{address('agenda:book')}?patient={patient.uuid}",
    }


def _coming_of_practitioners(
    actor: Actor, practitioners: Sequence["Practitioner"]
) -> Mapping[int, Sequence[BannerItem]]:
    from cuspide.agenda.selectors.appointments import coming_of

    label, place = _("Coming appointments"), f"{address('agenda:today')}?by=practitioner"
    coming = coming_of(actor, practitioners)
    return {one: [BannerItem(label, typography.number(count), url=place)] for one, count in coming.items()}


registry.rail.add(
    registry.RailEntry("agenda", _("Agenda"), "agenda:today", "calendar-days", VIEW, order=10, match=("agenda",))
)
registry.home_cards.add(
    registry.HomeCard("agenda.day", _("Agenda"), VIEW, "agenda/home_day.html", _home_day, slot="main", order=10)
)
registry.home_cards.add(
    registry.HomeCard(
        "agenda.reception", _("Waiting room"), VIEW, "agenda/home_reception.html", _home_reception, order=10
    )
)
registry.banner_entries.add(registry.BannerEntry("agenda", VIEW, _banner, order=40))
registry.summary_cards.add(
    registry.SummaryCard("agenda", _("Appointments"), VIEW, "agenda/summary.html", _summary, order=20)
)
registry.practitioner_notes.add(
    registry.PractitionerNote("agenda", _("Coming appointments"), VIEW, _coming_of_practitioners, order=20)
)
registry.record_tabs.add(registry.RecordTab("agenda", _("Appointments"), "agenda:patient", VIEW, order=60))
registry.patient_takers.add(registry.PatientTaker("agenda.book", "agenda:book", BOOK))
registry.record_actions.add(
    registry.RecordAction(
        "agenda.book",
        pgettext_lazy("button", "Book"),
        "agenda:book_for",
        BOOK,
        order=20,
        shortcut="r",
        icon="calendar-plus",
    )
)
registry.commands.add(
    registry.Command("agenda.today", _("Agenda: today"), "agenda:today", VIEW, keywords=_("day appointments calendar"))
)
registry.commands.add(
    registry.Command("agenda.week", _("Agenda: this week"), "agenda:this_week", VIEW, keywords=_("week calendar"))
)
registry.commands.add(
    registry.Command(
        "agenda.book", _("Book an appointment"), "agenda:book", BOOK, keywords=_("new appointment visit"), shortcut="n"
    )
)
registry.commands.add(
    registry.Command(
        "agenda.reception", _("Waiting room"), "agenda:reception", VIEW, keywords=_("reception arrived waiting")
    )
)
demo_parts.add(DemoPart("agenda", demo.build, order=40))
naming.matters.add(
    naming.Matter(
        "agenda",
        _("Appointments"),
        shows=("day", "week", "print", "reception", "patient", "appointment"),
        order=20,
    )
)
naming.say(
    {
        "agenda.day": _("Read a day of the agenda"),
        "agenda.week": _("Read a week of the agenda"),
        "agenda.print": _("Printed a day of the agenda"),
        "agenda.reception": _("Read the waiting room"),
        "agenda.patient": _("Read a patient's appointments"),
        "agenda.appointment": _("Read an appointment"),
        "agenda.book": _("Booked an appointment"),
        "agenda.move": _("Moved an appointment"),
        "agenda.amend": _("Changed an appointment"),
        "agenda.cancel": _("Cancelled an appointment"),
        "agenda.confirm": _("Confirmed an appointment"),
        "agenda.arrive": _("Noted an arrival"),
        "agenda.seat": _("Noted the patient in the chair"),
        "agenda.finish": _("Finished an appointment"),
        "agenda.miss": _("Noted a missed appointment"),
        "agenda.undo": _("Undid a step of an appointment"),
        "agenda.settle_recall": _("Settled a recall"),
    }
)
merge_rules.add(MergeRule("agenda.appointment.patient", _("Appointments"), VIEW, order=40))
merge_rules.add(MergeRule("agenda.duerecall.patient", _("Recalls"), VIEW, order=41))
