"""What the patients' room adds to the registry."""

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cuspide.accounts.permissions import TEAM
from cuspide.audit import naming
from cuspide.core import registry
from cuspide.core.actor import Actor
from cuspide.core.demo import DemoPart, demo_parts
from cuspide.core.pages.addresses import address
from cuspide.patients import (  # noqa: F401 - rules, jobs and words are added by importing them
    banner,
    cards,
    checks,
    demo,
    marking,
    merge_rules,
    permissions,
    selectors,
    tasks,
    trace_words,
    written,
)
from cuspide.patients.traces import trace_found


def find(actor: Actor, text: str, limit: int) -> Sequence[registry.SearchHit]:
    """Patients for the search box: name, birth date, telephone, record number."""
    found = selectors.find_patients(actor, text, limit)
    trace_found(actor, [each.patient for each in found])
    shows_phone = actor.can(permissions.VIEW)
    return [_hit(marking.line(each), shows_phone) for each in found]


def _hit(line: marking.Marked, shows_phone: bool) -> registry.SearchHit:
    number = format_html(_("no. %(number)s") % {"number": "{}"}, line.number)
    parts = [line.also, line.born, line.phone if shows_phone else "", number]
    return registry.SearchHit(
        title=line.name,
        subtitle=format_html_join(" · ", "{}", ((part,) for part in parts if part)),
        url=address("patients:record", line.patient.uuid),
        icon="user",
    )


registry.rail.add(
    registry.RailEntry(
        "patients",
        _("Patients"),
        "patients:list",
        "users",
        permissions.VIEW_IDENTITY,
        order=20,
        match=["patients"],
        records=True,
    )
)
registry.search_providers.add(
    registry.SearchProvider("patients", _("Patients"), permissions.VIEW_IDENTITY, find, order=10)
)
registry.patient_names.add(registry.PatientName("patients.merged", selectors.merged_names))
registry.checks.add(registry.CheckEntry("search", checks.SEARCH, checks.search, order=35))
registry.commands.add(
    registry.Command(
        "patients.create",
        _("New patient"),
        "patients:create",
        permissions.CHANGE,
        keywords=_("add create person"),
        shortcut="n",
        order=10,
        when_nothing=True,
    )
)
registry.commands.add(
    registry.Command(
        "patients.correspondents",
        _("Correspondents"),
        "patients:correspondents",
        permissions.VIEW,
        keywords=_("doctor specialist directory"),
        order=20,
    )
)
registry.commands.add(
    registry.Command(
        "patients.possible_duplicates",
        _("Possible duplicates"),
        "patients:possible_duplicates",
        permissions.MERGE,
        keywords=_("merge same person twice"),
        order=21,
    )
)
registry.record_tabs.add(
    registry.RecordTab("summary", _("Summary"), "patients:record", permissions.VIEW_IDENTITY, order=0)
)
registry.record_tabs.add(registry.RecordTab("coverage", _("Cover"), "patients:coverage", permissions.VIEW, order=80))
registry.record_tabs.add(
    registry.RecordTab("alerts", _("Alerts"), "patients:alerts", permissions.VIEW_ALERT_DETAILS, order=15)
)
registry.record_tabs.add(
    registry.RecordTab(
        "people",
        pgettext_lazy("around a patient", "People"),
        "patients:people",
        permissions.VIEW,
        order=85,
        match=[
            "patients:add_person",
            "patients:change_person",
            "patients:end_person",
            "patients:link_correspondent",
            "patients:end_link",
        ],
    )
)
registry.record_tabs.add(
    registry.RecordTab(
        "consents",
        pgettext_lazy("tab", "Consents"),
        "patients:consents",
        permissions.VIEW,
        order=87,
        match=["patients:state_consent", "patients:void_consent"],
    )
)
registry.record_tabs.add(registry.RecordTab("who_sees", _("Access"), "patients:who_sees", TEAM, order=95))
registry.record_tabs.add(
    registry.RecordTab("readers", _("Who saw it"), "patients:readers", permissions.READERS, order=96)
)
registry.banner_entries.add(
    registry.BannerEntry("patients.identity", permissions.VIEW_IDENTITY, banner.identity_items, order=10)
)
registry.banner_entries.add(
    registry.BannerEntry("patients.deciding", permissions.VIEW, banner.deciding_items, order=15)
)
registry.banner_entries.add(
    registry.BannerEntry("patients.oppositions", permissions.VIEW, banner.opposition_items, order=17)
)
registry.banner_entries.add(registry.BannerEntry("patients.cover", permissions.VIEW, banner.cover_items, order=20))
registry.banner_entries.add(registry.BannerEntry(banner.ALERTS, permissions.VIEW_ALERTS, banner.alert_items, order=30))
registry.summary_cards.add(
    registry.SummaryCard(
        "patients.alerts", _("Alerts"), permissions.VIEW_ALERTS, "patients/cards/alerts.html", cards.alerts, order=10
    )
)
registry.summary_cards.add(
    registry.SummaryCard(
        "patients.identity", _("Identity"), permissions.VIEW, "patients/cards/identity.html", cards.identity, order=60
    )
)
registry.summary_cards.add(
    registry.SummaryCard(
        "patients.contacts",
        _("Contact details"),
        permissions.VIEW,
        "patients/cards/contacts.html",
        cards.contacts,
        order=70,
    )
)
registry.summary_cards.add(
    registry.SummaryCard(
        "patients.people",
        pgettext_lazy("around a patient", "People"),
        permissions.VIEW,
        "patients/cards/people.html",
        cards.people,
        order=75,
    )
)
registry.summary_cards.add(
    registry.SummaryCard(
        "patients.coverage", _("Cover"), permissions.VIEW, "patients/cards/coverage.html", cards.coverage, order=80
    )
)
registry.summary_cards.add(
    registry.SummaryCard(
        "patients.duplicates",
        _("Possible duplicate"),
        permissions.MERGE,
        "patients/cards/duplicates.html",
        cards.duplicates,
        order=55,
    )
)
registry.home_cards.add(
    registry.HomeCard(
        "patients.to_confirm",
        _("Alerts to confirm"),
        permissions.CHANGE_ALERTS,
        "patients/cards/to_confirm.html",
        cards.to_confirm,
        order=20,
    )
)
registry.record_tabs.add(
    registry.RecordTab(
        "duplicates", _("Duplicates"), "patients:duplicates", permissions.MERGE, order=97, match=["patients:merge"]
    )
)
demo_parts.add(DemoPart("patients", demo.build, order=20))
naming.matters.add(
    naming.Matter(
        "patients",
        _("Identity, contact details, people, cover and alerts"),
        shows=("record", "coverage", "alerts", "people", "consents", "form", "search", "readers"),
        order=10,
    )
)
naming.say(
    {
        "patients.record": _("Opened a patient's record"),
        "patients.coverage": _("Read a patient's cover"),
        "patients.alerts": _("Read a patient's alerts"),
        "patients.form": _("Opened a form of a patient's record"),
        "patients.search": _("Saw patients in a list"),
        "patients.create": _("Created a patient"),
        "patients.change": _("Changed a patient's identity"),
        "patients.change_contacts": _("Changed a patient's contact details"),
        "patients.change_coverage": _("Changed a patient's cover"),
        "patients.recheck_cover": _("Noted that a patient's cover was read again"),
        "patients.add_exemption": _("Added a right to a patient's cover"),
        "patients.end_exemption": _("Ended a right of a patient's cover"),
        "patients.add_alert": _("Added an alert"),
        "patients.note_alert": _("Noted an alert that the patient told"),
        "patients.confirm_alert": _("Confirmed an alert"),
        "patients.end_alert": _("Ended an alert"),
        "patients.people": _("Read who stands around a patient"),
        "patients.add_person": _("Recorded somebody around a patient"),
        "patients.change_person": _("Corrected what is said of somebody around a patient"),
        "patients.end_person": _("Ended what somebody is to a patient"),
        "patients.merge": _("Merged two records"),
        "patients.undo_merge": _("Undid a merge of two records"),
        "patients.gather": _("Brought along what came late to a merged record"),
        "patients.set_apart": _("Noted that two records are of two people"),
        "patients.bring_back_pair": _("Took back that two records are of two people"),
        "patients.start_duplicate_search": _("Started a search for duplicates"),
        "patients.stop_duplicate_search": _("Stopped a search for duplicates"),
        "patients.search_duplicates": _("Searched the whole store for duplicates"),
        "patients.add_correspondent": _("Entered a correspondent in the directory"),
        "patients.change_correspondent": _("Changed a correspondent of the directory"),
        "patients.retire_correspondent": _("Retired a correspondent"),
        "patients.bring_back_correspondent": _("Brought back a correspondent"),
        "patients.link_correspondent": _("Tied a correspondent to a patient"),
        "patients.end_link": _("Untied a correspondent from a patient"),
        "patients.consents": _("Read what a patient agreed to"),
        "patients.state_consent": _("Noted a consent or an opposition"),
        "patients.void_consent": _("Took back a consent noted by mistake"),
        "patients.readers": _("Looked up who saw a patient's record"),
        "patients.hand_readers": _("Handed over the list of who saw a record"),
        "patients.state_none_known": _("Noted that no alert is known"),
    }
)
