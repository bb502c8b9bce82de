"""The quick line of the chart: what is typed is noted, or added as an act, in one transaction."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from cuspide.care import permissions
from cuspide.care.models import Act, Finding
from cuspide.care.odontogram.state import SURFACE_KINDS
from cuspide.care.places import site_of
from cuspide.care.rules import Line, drawn_by, takes_teeth
from cuspide.care.services.acts import NewAct, add_act
from cuspide.care.services.findings import record_findings
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.errors import DomainError
from cuspide.core.submissions import once
from cuspide.nomenclature import selectors as nomenclature
from cuspide.nomenclature.models import Act as NomenclatureAct
from cuspide.nomenclature.rules import folded, search_words
from cuspide.patients import reach
from cuspide.patients.models import Patient
from cuspide.practice.models import Practitioner

_SHOWN = 4


@dataclass
class LineOutcome:
    """What a line did. `ambiguous` are sentences when nothing was done and the person must say more."""

    findings: list[Finding] = field(default_factory=list)
    act: Act | None = None
    ambiguous: list[str] = field(default_factory=list)


def do_line(
    actor: Actor, patient: Patient, line: Line, practitioner: Practitioner | None, key: uuid.UUID | None
) -> LineOutcome:
    """Note the finding of a line; plan the act it names or, where it says so, record it as done today. A line that only
    points at teeth does nothing."""
    reach.require(actor, permissions.CHART, patient)
    outcome = LineOutcome()
    if line.kind is not None:
        kind = line.kind

        def note() -> Finding:
            outcome.findings = record_findings(actor, patient, line.selection, kind, wanted=line.status)
            return outcome.findings[0]

        once(key, "care.finding", note, Finding, actor=actor, said=(patient.pk, line))
    elif line.words:
        _add_by_words(actor, patient, line, practitioner, key, outcome)
    return outcome


def _add_by_words(
    actor: Actor,
    patient: Patient,
    line: Line,
    practitioner: Practitioner | None,
    key: uuid.UUID | None,
    outcome: LineOutcome,
) -> None:
    if practitioner is None:
        raise DomainError(_("The practice has no practitioner yet: its owner adds one on the page Practitioners."))
    if line.done and not reach.may(actor, permissions.COMPLETE, patient):
        raise DomainError(_("Only those who treat record an act as done: leave that out, and it is to do."))
    found = nomenclature.search_acts(line.words, clock.today(), _SHOWN)
    if not found:
        raise DomainError(_("No act and no finding is called that."))
    if len(found) > 1 and not _plainly_meant(line.words, found):
        outcome.ambiguous = [
            _("Several acts are called that: type more of the name, or the code."),
            *(f"{act.code}  {act.name}" for act in found),
        ]
        return
    kind = drawn_by(found[0].label)
    one = line.selection[0] if len(line.selection) == 1 else None
    new = NewAct(
        code=found[0].code,
        practitioner=practitioner,
        site=site_of(actor, practitioner),
        teeth=[each.tooth for each in line.selection] if takes_teeth(found[0].label) else [],
        surfaces=one.surfaces if one is not None and kind in SURFACE_KINDS else "",
        done_on=clock.today() if line.done else None,
    )

    def add() -> Act:
        outcome.act = add_act(actor, patient, new)
        return outcome.act

    once(
        key,
        "care.act",
        add,
        Act,
        actor=actor,
        said=(patient.pk, line),
        known_as=lambda made: f"{made.code} {made.name}",
    )


def _plainly_meant(words: str, found: Sequence[NomenclatureAct]) -> bool:
    """Whether the first act found is the one meant: its whole code or name was typed, or it alone is called that."""
    if found[0].code == words.strip().upper() or folded(found[0].short_name) == folded(words.strip()):
        return True
    typed = search_words(words)
    called = [act for act in found if all(f" {word}" in f" {folded(act.short_name)}" for word in typed)]
    return called == [found[0]]
