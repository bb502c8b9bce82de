"""What care adds to the registry."""

from django.utils.translation import gettext_lazy as _

from cuspide.audit import naming
from cuspide.care import cards, demo, permissions, trace_words, written  # noqa: F401 - words are added by importing it
from cuspide.core import registry
from cuspide.core.demo import DemoPart, demo_parts
from cuspide.patients.merging import MergeRule, merge_rules

registry.record_tabs.add(
    registry.RecordTab(
        "chart",
        _("Dental chart"),
        "care:chart",
        permissions.VIEW,
        order=20,
        shortcut="g d",
        match=("care:record_findings", "care:line", "care:finding", "care:correct_finding", "care:void_finding"),
    )
)
registry.record_tabs.add(
    registry.RecordTab(
        "acts",
        _("Acts"),
        "care:acts",
        permissions.VIEW,
        order=30,
        shortcut="g a",
        match=("care:search_acts", "care:add_act", "care:act", "care:complete_act", "care:void_act"),
    )
)
registry.record_actions.add(
    registry.RecordAction(
        "act", _("Record an act"), "care:chart", permissions.PLAN, order=10, shortcut="a", icon="clipboard-list"
    )
)
registry.summary_cards.add(
    registry.SummaryCard("care.mouth", _("Mouth"), permissions.VIEW, "care/cards/mouth.html", cards.mouth, order=20)
)
registry.home_cards.add(
    registry.HomeCard(
        "care.to_complete",
        _("Planned acts"),
        permissions.COMPLETE,
        "care/cards/to_complete.html",
        cards.to_complete,
        order=60,
    )
)
demo_parts.add(DemoPart("care", demo.build, order=60))
naming.matters.add(
    naming.Matter(
        "care",
        _("Care and dental chart"),
        shows=("chart", "finding", "acts", "act"),
        order=30,
    )
)
naming.say(
    {
        "care.record_finding": _("Recorded a finding on the chart"),
        "care.correct_finding": _("Corrected a finding"),
        "care.void_finding": _("Took back a finding"),
        "care.add_act": _("Added an act"),
        "care.complete_act": _("Recorded an act as done"),
        "care.change_act": _("Changed an act"),
        "care.void_act": _("Took back an act"),
        "care.chart": _("Read the dental chart"),
        "care.finding": _("Read a finding"),
        "care.acts": _("Read the acts"),
        "care.act": _("Read an act"),
    }
)
merge_rules.add(MergeRule("care.finding.patient", _("Findings"), permissions.VIEW, order=50))
merge_rules.add(MergeRule("care.act.patient", _("Acts"), permissions.VIEW, order=51))
merge_rules.add(MergeRule("care.earlieract.patient", _("Acts of another program"), permissions.VIEW, order=52))
