"""The chart's page put together: the mouth on a day, what is selected, what it proposes, and the acts beside it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import pgettext_lazy

from cuspide.care import locks, permissions, proposing
from cuspide.care.models import Act
from cuspide.care.odontogram import Dentition, Drawing, draw
from cuspide.care.odontogram.paint import HATCHED, LETTERS
from cuspide.care.odontogram.state import Kind, ToothState
from cuspide.care.odontogram.words import KIND_LABELS, mark_in_words, surface_label, tooth_name
from cuspide.care.rules import Selected, parse_selection, written
from cuspide.care.selectors.acts import Totals, current_acts, totals_of
from cuspide.care.selectors.mouth import Event, Mouth, mouth_at
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.formats import teeth
from cuspide.formats.dates import read_day
from cuspide.formats.errors import FormatError
from cuspide.patients import reach
from cuspide.patients.models import Patient
from cuspide.practice.models import Practitioner

# The buttons of the panel, in the order of a dentist's examination.
_BUTTONS = (
    (Kind.CARIES, Kind.WATCH, Kind.FILLING, Kind.SEALANT, Kind.FRACTURE, Kind.VENEER),
    (Kind.ROOT_TREATMENT, Kind.INLAY_CORE, Kind.CROWN, Kind.EXTRACTION, Kind.ABSENT, Kind.IMPLANT),
    (Kind.BRIDGE_ABUTMENT, Kind.PROSTHESIS, Kind.IMPACTED, Kind.ERUPTING, Kind.SOUND),
)


@dataclass(frozen=True)
class KindButton:
    kind: str
    label: Any
    key: str


def kind_buttons() -> list[list[KindButton]]:
    """What can be noted, with its key."""
    keys = {**LETTERS, Kind.SOUND: "Q"}
    return [[KindButton(kind.value, KIND_LABELS[kind], keys[kind]) for kind in row] for row in _BUTTONS]


@cache
def unseen_at(months: int) -> frozenset[str]:
    """Teeth that are usually not in the mouth at an age in months."""
    return frozenset(tooth.code for tooth in teeth.ALL_TEETH) - {tooth.code for tooth in teeth.expected_teeth(months)}


@dataclass(frozen=True)
class FaceButton:
    """A face of the selected tooth; `at` is the selection with it pressed or released."""

    letter: str
    label: str
    pressed: bool
    at: str


@dataclass(frozen=True)
class Asked:
    """What the page was asked to show, from its address or its form. Nonsense is read as nothing."""

    selection: tuple[Selected, ...] = ()
    dentition: Dentition | None = None
    on: dt.date | None = None

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Asked:
        try:
            selection = parse_selection(str(given.get("at", "")))
        except FormatError:
            selection = ()
        try:
            dentition = Dentition(str(given.get("dentition", "")))
        except ValueError:
            dentition = None
        try:
            on = read_day(str(given.get("on", "")))
        except FormatError:
            on = None
        return cls(selection, dentition, on)


@dataclass
class Board:
    """Everything the chart's templates show. Parts are read when they are asked for, each once."""

    actor: Actor
    patient: Patient
    asked: Asked
    practitioner: Practitioner | None = None
    today: dt.date = field(default_factory=clock.today)

    @property
    def day(self) -> dt.date:
        on = self.asked.on
        return self.today if on is None or on >= self.today else max(on, self.patient.born_on)

    @property
    def is_past(self) -> bool:
        return self.day < self.today

    @property
    def may_chart(self) -> bool:
        return not self.is_past and reach.may(self.actor, permissions.CHART, self.patient)

    @property
    def may_plan(self) -> bool:
        return (
            not self.is_past and reach.may(self.actor, permissions.PLAN, self.patient) and self.practitioner is not None
        )

    @property
    def may_complete(self) -> bool:
        return self.may_plan and reach.may(self.actor, permissions.COMPLETE, self.patient)

    @cached_property
    def mouth(self) -> Mouth:
        return mouth_at(self.patient, self.day)

    @property
    def dentition(self) -> Dentition:
        if self.asked.dentition is not None:
            return self.asked.dentition
        usual = Dentition.for_age(self.months)
        selected = [teeth.tooth(each.tooth) for each in self.selection]
        if usual is Dentition.ADULT and any(tooth.is_deciduous for tooth in selected):
            return Dentition.MIXED
        if usual is Dentition.CHILD and any(not tooth.is_deciduous for tooth in selected):
            return Dentition.MIXED
        return usual

    @property
    def selection(self) -> tuple[Selected, ...]:
        return self.asked.selection

    @property
    def at(self) -> str:
        return written(self.selection)

    @property
    def keep(self) -> dict[str, str]:
        """What forms and links carry on: the dentition and the day, when they were chosen."""
        kept = {}
        if self.asked.dentition is not None:
            kept["dentition"] = self.asked.dentition.value
        if self.is_past:
            kept["on"] = self.day.isoformat()
        return kept

    def query(self, **changes: str) -> str:
        """The query of a link to this page with something changed; "" drops it."""
        parts = {"at": self.at, **self.keep, **changes}
        return "?" + urlencode({name: value for name, value in parts.items() if value})

    @cached_property
    def svg(self) -> SafeString:
        pressed = {each.tooth for each in self.selection}
        pressed |= {each.tooth + letter for each in self.selection for letter in each.surfaces}
        # The drawing escapes whatever it is given.
        return SafeString(draw(Drawing(self.dentition, self.mouth.states, pressed, self.unseen)))

    @property
    def months(self) -> int:
        """The patient's age in months on the day that is shown."""
        return max((self.day.year - self.patient.born_on.year) * 12 + self.day.month - self.patient.born_on.month, 0)

    @property
    def unseen(self) -> frozenset[str]:
        """Teeth that are not expected at this age."""
        return unseen_at(self.months)

    @property
    def dentitions(self) -> list[tuple[Dentition, str]]:
        return [(each, self.query(dentition=each.value, at="")) for each in Dentition]

    # The side: what is selected.

    @property
    def title(self) -> str:
        """ "16 MO", "14 15 16"."""
        return "  ".join(
            f"{each.tooth} {each.surfaces}" if each.surfaces else each.tooth for each in self.selection[:8]
        )

    @property
    def one(self) -> Selected | None:
        return self.selection[0] if len(self.selection) == 1 else None

    @property
    def name(self) -> str:
        return tooth_name(self.one.tooth) if self.one else ""

    @property
    def facts(self) -> list[str]:
        state = self.mouth.states.get(self.one.tooth) if self.one else None
        return [mark_in_words(mark) for mark in state.marks] if state else []

    @property
    def faces(self) -> list[FaceButton]:
        if self.one is None:
            return []
        chosen = self.one.surfaces
        buttons = []
        for surface in teeth.tooth(self.one.tooth).surfaces:
            letter = surface.value
            after = chosen.replace(letter, "") if letter in chosen else chosen + letter
            at = written(parse_selection(self.one.tooth + after))
            buttons.append(FaceButton(letter, surface_label(letter), letter in chosen, self.query(at=at)))
        return buttons

    @property
    def kinds(self) -> list[list[KindButton]]:
        return kind_buttons()

    @cached_property
    def proposals(self) -> list[proposing.Proposal]:
        if not self.may_plan or self.practitioner is None:
            return []
        states: Mapping[str, ToothState] = self.mouth.states
        return proposing.proposals(self.patient, self.practitioner.entity, self.selection, states, self.today)

    @cached_property
    def history(self) -> list[Event]:
        return self.mouth.history(each.tooth for each in self.selection)

    @cached_property
    def acts(self) -> Sequence[Act]:
        return current_acts(self.patient, self.today)

    @cached_property
    def held(self) -> Mapping[int, Any]:
        return locks.held(act.pk for act in self.acts)

    @property
    def totals(self) -> Totals:
        return totals_of(self.acts)

    @property
    def days(self) -> Sequence[dt.date]:
        """The days on which the mouth changed, with today at the end."""
        return [*(day for day in self.mouth.days if day < self.today), self.today]

    @property
    def days_json(self) -> str:
        return json.dumps([day.isoformat() for day in self.days])

    @property
    def last_day_index(self) -> int:
        return len(self.days) - 1

    @property
    def day_index(self) -> int:
        """Where the shown day stands among the days of change: the last one not after it."""
        return max((index for index, day in enumerate(self.days) if day <= self.day), default=0)

    @property
    def earlier(self) -> str:
        """The link to the change before, "" when there is none."""
        before = [day for day in self.days if day < self.day]
        return self.query(on=before[-1].isoformat()) if before else ""

    @property
    def later(self) -> str:
        after = [day for day in self.days if day > self.day]
        if not after:
            return ""
        return self.today_query if after[0] == self.today else self.query(on=after[0].isoformat())

    @property
    def today_query(self) -> str:
        return self.query(on="")

    @property
    def legend(self) -> list[dict[str, Any]]:
        """What each hatch means."""
        labels = {
            "caries": pgettext_lazy("legend", "caries, fracture"),
            "watch": pgettext_lazy("legend", "to watch"),
            "planned": pgettext_lazy("legend", "to do"),
            "done": pgettext_lazy("legend", "done here"),
            "existing": pgettext_lazy("legend", "existing"),
        }
        return [{"name": name, "label": label, "hatch": name in HATCHED} for name, label in labels.items()]
