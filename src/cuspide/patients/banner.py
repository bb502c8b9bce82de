"""The patient's banner: what this room knows, and what the rooms above add through the registry."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from cuspide.core import clock, registry
from cuspide.core.actor import Actor
from cuspide.core.pages import typography
from cuspide.core.pages.addresses import address
from cuspide.core.pages.context import actor_of
from cuspide.core.registry import BannerItem
from cuspide.patients import reach
from cuspide.patients.cards import alert_state, coverage_now, people_around
from cuspide.patients.models import Alert, AmcCoverage, AmoCoverage, AmoExemption, Patient, RelatedPerson
from cuspide.patients.models.alerts import AlertKind
from cuspide.patients.models.coverage import ExemptionKind
from cuspide.patients.models.identity import InsStatus
from cuspide.patients.models.people import Decides
from cuspide.patients.rules.alerts import to_check
from cuspide.patients.rules.people import OF_MAJORITY, deciding
from cuspide.patients.rules.substances import REFUSED_KINDS, class_named, members
from cuspide.patients.selectors import cover_to_check, oppositions

ALERTS = "patients.alerts"
BALANCE = "balance"
"""An entry whose key has this word is what the patient owes, and has a place of its own."""
_INS_TONES = {
    InsStatus.PROVISOIRE: "plain",
    InsStatus.RECUPEREE: "info",
    InsStatus.VALIDEE: "info",
    InsStatus.QUALIFIEE: "sound",
}


@dataclass(frozen=True)
class Link:
    label: Any
    url: str
    current: bool = False
    shortcut: str = ""
    icon: str = ""


@dataclass(frozen=True)
class Frame:
    """What the frame of a record shows. `facts` are words, `figures` a label with its value."""

    born: str
    at_birth: str
    url: str
    facts: Sequence[BannerItem] = ()
    alerts: Sequence[BannerItem] = ()
    figures: Sequence[BannerItem] = ()
    balance: BannerItem | None = None
    tabs: Sequence[Link] = ()
    actions: Sequence[Link] = ()


def birth_day(patient: Patient) -> str:
    """The birth date as the reader's language writes days; a partial or lunar one as it is kept."""
    return typography.day(patient.birth_date) or patient.birth_date_shown


def born(patient: Patient) -> str:
    """`née le 07/03/1984`, with the grammar of the sex; a partial date as far as it is known."""
    values = {"date": birth_day(patient)}
    if patient.birth_date[5:7] == "00":
        return {
            "F": pgettext("a woman", "born in %(date)s"),
            "M": pgettext("a man", "born in %(date)s"),
        }.get(patient.sex, pgettext("a person", "born in %(date)s")) % values
    return {
        "F": pgettext("a woman", "born on %(date)s"),
        "M": pgettext("a man", "born on %(date)s"),
    }.get(patient.sex, pgettext("a person", "born on %(date)s")) % values


def at_birth(patient: Patient) -> str:
    """`née DUBOIS Léonie`, when other names are in use."""
    if not patient.differs_at_birth:
        return ""
    values = {"name": patient.birth_identity}
    return {
        "F": pgettext("a woman", "born %(name)s"),
        "M": pgettext("a man", "born %(name)s"),
    }.get(patient.sex, pgettext("a person", "born %(name)s")) % values


def alert_words(alert: Alert) -> str:
    """`Allergie : Clamoxyl (pénicillines)`; the kind is said where the words alone could be taken for a treatment, the
    class where they do not say it, until when it was expected to hold, and whether somebody who treats has still to
    confirm it."""
    said = alert.label
    if named := class_named(alert.drug_class, alert.label):
        said = f"{said} ({named})"
    if alert.kind == AlertKind.ALLERGY:
        said = _("Allergy: %(label)s") % {"label": said}
    elif alert.kind == AlertKind.INTOLERANCE:
        said = _("Intolerance: %(label)s") % {"label": said}
    if to_check(alert.until, clock.today()):
        said = _("%(alert)s: until %(day)s, to check") % {"alert": said, "day": typography.day(alert.until)}
    elif alert.until is not None:
        said = _("%(alert)s (until %(day)s)") % {"alert": said, "day": typography.day(alert.until)}
    return _("%(alert)s (to confirm)") % {"alert": said} if alert.to_confirm else said


def warned_of(alert: Alert) -> str:
    """The substances of the class of an allergy or intolerance, each of which it warns of."""
    if alert.kind not in REFUSED_KINDS or not alert.drug_class:
        return ""
    return ", ".join(str(one.label) for one in members(alert.drug_class))


def alert_items(_actor: Actor, patient: Patient) -> list[BannerItem]:
    """The alerts in words, worst first; or that none is known, and since when; or that nobody asked."""
    state = alert_state(patient)
    if state.standing:
        return [BannerItem(alert_words(alert), tone=alert.severity) for alert in state.standing]
    if state.none_known is not None:
        said = _("No known alert (%(day)s)") % {"day": typography.day(state.none_known.recorded_at)}
        return [BannerItem(said, tone="sound")]
    return [BannerItem(_("Alerts: not asked"), tone="watch")]


def identity_items(_actor: Actor, patient: Patient) -> list[BannerItem]:
    """Whether the identity can be relied on, and what else one must know to address the patient."""
    items = []
    if patient.deceased_on:
        items.append(BannerItem(_("Deceased on %(day)s") % {"day": typography.day(patient.deceased_on)}, tone="danger"))
    status = InsStatus(patient.ins_status)
    items.append(BannerItem(_("INS %(status)s") % {"status": status.label}, tone=_INS_TONES[status]))
    if patient.doubtful:
        items.append(BannerItem(_("Doubtful identity"), tone="danger"))
    if patient.homonym:
        items.append(BannerItem(_("Namesake: check who this is"), tone="watch"))
    if patient.interpreter:
        items.append(BannerItem(_("Interpreter"), tone="info"))
    return items


def deciding_items(_actor: Actor, patient: Patient) -> list[BannerItem]:
    """Who may consent for a minor or an adult under protection, in words; nothing for whoever decides alone."""
    if patient.deceased_on:
        return []
    found = deciding(people_around(patient), patient.age, clock.today(), emancipated=patient.emancipated)
    page = address("patients:people", patient.uuid)
    items = []
    if patient.emancipated and patient.age < OF_MAJORITY:
        items.append(BannerItem(_("Emancipated minor: decides alone"), tone="info"))
    if found.separated:
        items.append(BannerItem(_("Parents live apart"), tone="watch", url=page))
    for one in found.parents:
        if one.decides == Decides.ALONE:
            said = _("%(name)s alone has parental authority") % {"name": one.name}
            items.append(BannerItem(said, tone="watch", url=page))
    if found.minor and not found.parents and not found.guardians:
        items.append(BannerItem(_("Parental authority: not recorded"), url=page))
    for one in found.guardians:
        items.append(BannerItem(_measure_words(one), tone="watch", url=page))
    for one in found.lapsed:
        said = _("%(measure)s ended on %(day)s: to check") % {
            "measure": one.get_measure_display(),
            "day": typography.day(one.until),
        }
        items.append(BannerItem(said, tone="danger", url=page))
    return items


def opposition_items(_actor: Actor, patient: Patient) -> list[BannerItem]:
    """What the patient opposed, where somebody about to hand something over must not overlook it."""
    page = address("patients:consents", patient.uuid)
    return [BannerItem(_OPPOSED[one], tone="danger", url=page) for one in oppositions(patient)]


_OPPOSED: dict[str, Any] = {
    "parents": gettext_lazy("Care kept secret from the parents"),
    "correspondents": gettext_lazy("Opposes letters to correspondents"),
    "mes": gettext_lazy("Opposes Mon espace santé"),
}


def _measure_words(one: RelatedPerson) -> str:
    """`Tutelle : M. DURAND signe pour le patient`."""
    values = {"measure": one.get_measure_display(), "name": one.name}
    return {
        Decides.REPRESENTS: _("%(measure)s: %(name)s signs for the patient"),
        Decides.ASSISTS: _("%(measure)s: %(name)s signs with the patient"),
    }.get(Decides(one.decides), _("%(measure)s (%(name)s): the patient signs alone")) % values


def cover_items(_actor: Actor, patient: Patient) -> list[BannerItem]:
    """Exemptions and rights, the complementary insurer, and whether the rights must be read again."""
    cover = coverage_now(patient)
    items = [BannerItem(_short(exemption.kind)) for exemption in cover.exemptions]
    if cover.amc:
        items.append(BannerItem(cover.amc.organisation))
    if cover.amo is None:
        items.append(BannerItem(_("No AMO recorded"), tone="watch"))
    elif cover.amo.rights_to and cover.amo.rights_to >= clock.today():
        items.append(BannerItem(_("rights until %(day)s") % {"day": typography.day(cover.amo.rights_to)}))
    if due := cover_to_check(cover, clock.today()):
        said = _("Cover to check: %(what)s") % {"what": ", ".join(cover_name(row) for row in due)}
        items.append(BannerItem(said, tone="watch", url=address("patients:coverage", patient.uuid)))
    return items


def cover_name(row: AmoCoverage | AmcCoverage | AmoExemption) -> str:
    """`AMO`, `ALD`, `AMC`."""
    return _short(row.kind) if isinstance(row, AmoExemption) else "AMO" if isinstance(row, AmoCoverage) else "AMC"


def _short(kind: str) -> str:
    return {
        ExemptionKind.ALD: "ALD",
        ExemptionKind.AT_MP: "AT/MP",
        ExemptionKind.ASPA: "ASPA",
        ExemptionKind.C2S: "C2S",
        ExemptionKind.MATERNITY: _("Maternity"),
        ExemptionKind.ALSACE_MOSELLE: _("Alsace-Moselle"),
    }.get(ExemptionKind(kind), _("100 %"))


def frame(request: HttpRequest, patient: Patient) -> Frame:
    """Everything around a page of the record, as far as the viewer may see it."""
    actor = actor_of(request)
    held = reach.held_on(actor, patient)
    facts: list[BannerItem] = []
    alerts: list[BannerItem] = []
    figures: list[BannerItem] = []
    balance: BannerItem | None = None
    for entry in registry.banner_entries.for_actor(held):
        for item in entry.items(actor, patient):
            if entry.key == ALERTS:
                alerts.append(item)
            elif BALANCE in entry.key:
                balance = item
            elif item.value not in ("", None):
                figures.append(item)
            else:
                facts.append(item)
    here = request.resolver_match.view_name if request.resolver_match else ""
    return Frame(
        born=born(patient),
        at_birth=at_birth(patient),
        url=address("patients:record", patient.uuid),
        facts=facts,
        alerts=alerts,
        figures=[BannerItem(item.label, _written(item.value), item.tone, item.url) for item in figures],
        balance=balance,
        tabs=[
            Link(tab.label, address(tab.url_name, patient.uuid), here in (tab.url_name, *tab.match), tab.shortcut)
            for tab in registry.record_tabs.for_actor(held)
        ],
        actions=[
            Link(action.label, address(action.url_name, patient.uuid), False, action.shortcut, action.icon)
            for action in registry.record_actions.for_actor(held)
        ],
    )


def _written(value: Any) -> Any:
    """A day as it is written here; anything else is already said by the room that gave it."""
    if isinstance(value, dt.datetime):
        return typography.moment(value)
    return typography.day(value) if isinstance(value, dt.date) else value
