"""What a lower room shows of an upper one, added here by the upper room's `hooks.py`.

Each `Point` is a named list of contributions, kept in the order of `order`, then `key`. A contribution carries the
right that its viewer needs; `Point.for_actor` leaves out what the actor may not see.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

from cuspide.core.actor import Actor
from cuspide.core.rights import Right


class Contribution(Protocol):
    @property
    def key(self) -> str: ...

    @property
    def order(self) -> int: ...


C = TypeVar("C", bound=Contribution)


class Point(Generic[C]):
    """A place where rooms add what they have. A key is used once (ValueError)."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._items: dict[str, C] = {}

    def add(self, item: C) -> C:
        if item.key in self._items:
            raise ValueError(f"{self.name} already has {item.key}")
        in_order = sorted([*self._items.values(), item], key=lambda one: (one.order, one.key))
        self._items = {one.key: one for one in in_order}
        return item

    def __iter__(self) -> Iterator[C]:
        return iter(tuple(self._items.values()))

    def __contains__(self, key: object) -> bool:
        return key in self._items

    def __getitem__(self, key: str) -> C:
        return self._items[key]

    def for_actor(self, actor: Actor) -> list[C]:
        """The contributions whose `right` the actor holds; those without a right are for everybody."""
        return [item for item in self if (right := getattr(item, "right", None)) is None or actor.can(right)]


@dataclass(frozen=True)
class RailEntry:
    """A room in the rail on the left. `icon` names a symbol of the sprite; `match` are url namespaces it lights for.
    `records`: the tabs of a patient's record light it too, whichever room they belong to. `but`: pages it does not
    light for, though they stand in its namespace."""

    key: str
    label: Any
    url_name: str
    icon: str
    right: Right | None
    order: int = 50
    match: Sequence[str] = ()
    records: bool = False
    but: Sequence[str] = ()


@dataclass(frozen=True)
class Command:
    """Something the search box finds by name. `keywords` are further words (translated), `shortcut` a shown key.
    `when_nothing`: it is offered where nothing is found (a new patient)."""

    key: str
    label: Any
    url_name: str
    right: Right | None = None
    keywords: Any = ""
    shortcut: str = ""
    order: int = 50
    when_nothing: bool = False


@dataclass(frozen=True)
class SearchHit:
    """One line of an answer. `url` holds a uuid, never a name."""

    title: str
    subtitle: str
    url: str
    icon: str = ""


@dataclass(frozen=True)
class SearchProvider:
    """Finds things of one kind; `search(actor, text, limit)` answers best first."""

    key: str
    label: Any
    right: Right | None
    search: Callable[[Actor, str, int], Sequence[SearchHit]]
    order: int = 50


@dataclass(frozen=True)
class RecordTab:
    """A tab of the patient's record. `url_name` takes the patient's uuid as its only argument, named `uuid`; `match`
    are the url names of further pages that stand under this tab."""

    key: str
    label: Any
    url_name: str
    right: Right
    order: int = 50
    shortcut: str = ""
    match: Sequence[str] = ()


@dataclass(frozen=True)
class RecordAction:
    """A button of the banner ("Take a payment"). `url_name` takes `uuid`."""

    key: str
    label: Any
    url_name: str
    right: Right
    order: int = 50
    shortcut: str = ""
    icon: str = ""


@dataclass(frozen=True)
class BannerItem:
    """One fact of the patient's banner. `tone`: plain, info, sound, watch, danger. `url` may lead further."""

    label: Any
    value: Any = ""
    tone: str = "plain"
    url: str = ""


@dataclass(frozen=True)
class BannerEntry:
    """`items(actor, patient)` gives the facts of one room for the banner (patient: `patients.Patient`)."""

    key: str
    right: Right | None
    items: Callable[[Actor, Any], Sequence[BannerItem]]
    order: int = 50


@dataclass(frozen=True)
class SummaryCard:
    """A card of the record's first page: `context(actor, patient)` feeds `template`; None leaves the card out."""

    key: str
    label: Any
    right: Right | None
    template: str
    context: Callable[[Actor, Any], Mapping[str, Any] | None]
    order: int = 50


@dataclass(frozen=True)
class HomeCard:
    """A card of the first page: `context(actor, request)` feeds `template`. `slot` is `main` or `side`."""

    key: str
    label: Any
    right: Right | None
    template: str
    context: Callable[[Actor, Any], Mapping[str, Any] | None]
    slot: str = "side"
    order: int = 50


@dataclass(frozen=True)
class ReceptionFlag:
    """What the front desk should see beside an appointment. `flags(actor, patient_ids)` answers all at once:
    patient's primary key to banner items."""

    key: str
    right: Right | None
    flags: Callable[[Actor, Sequence[int]], Mapping[int, Sequence[BannerItem]]]
    order: int = 50


@dataclass(frozen=True)
class PractitionerNote:
    """What a room knows of practitioners, for the page where they are kept: `notes(actor, practitioners)` answers all
    at once, practitioner's primary key to facts (`practice.Practitioner`); without facts it says "none"."""

    key: str
    label: Any
    right: Right | None
    notes: Callable[[Actor, Sequence[Any]], Mapping[int, Sequence[BannerItem]]]
    order: int = 50


@dataclass(frozen=True)
class PersonEntry:
    """An entry of the menu under the person's name. `post` entries are sent as a form (signing out). `shortcut` is a
    key that the room's own script obeys; `in_rail` shows a `post` entry at the foot of the rail too."""

    key: str
    label: Any
    url_name: str
    icon: str
    right: Right | None = None
    order: int = 50
    post: bool = False
    shortcut: str = ""
    in_rail: bool = False


@dataclass(frozen=True)
class FramePart:
    """Something that lies behind every page of a signed-in person until it is called. `context(request)` feeds
    `template`; None leaves it out."""

    key: str
    template: str
    context: Callable[[Any], Mapping[str, Any] | None]
    order: int = 50


@dataclass(frozen=True)
class StatusEntry:
    """A fact of the status line: `text(actor)` gives (tone, sentence) or None."""

    key: str
    text: Callable[[Actor], tuple[str, Any] | None]
    right: Right | None = None
    order: int = 50


@dataclass(frozen=True)
class Finding:
    """What `cuspide check` found. `level`: ok, watch, danger. `remedy` says what to do."""

    level: str
    message: Any
    remedy: Any = ""


@dataclass(frozen=True)
class CheckEntry:
    """A check of the installation, run by `cuspide check` and by the status page."""

    key: str
    label: Any
    run: Callable[[], Sequence[Finding]]
    order: int = 50


@dataclass(frozen=True)
class WrittenLine:
    """One thing that was written, by name: whom it is about, what it is, and its moment."""

    who: Any
    what: Any
    at: Any


@dataclass(frozen=True)
class Written:
    """What people write in a room and would miss after a way back to an earlier point. `rows()` are all of them, as a
    query set of a model whose numbers only rise; `line(row)` names one."""

    key: str
    label: Any
    rows: Callable[[], Any]
    line: Callable[[Any], WrittenLine]
    order: int = 50


@dataclass(frozen=True)
class PatientTaker:
    """A page that goes on with a patient just created. Whoever came to the new-patient page with `?then=<key>` is led
    to `url_name` with everything else that stood in the address, and the patient's uuid as `patient`."""

    key: str
    url_name: str
    right: Right | None = None
    order: int = 50


@dataclass(frozen=True)
class Strip:
    """A line above every page while something holds that nobody must forget. `context(actor)` feeds `template`; None
    leaves it out."""

    key: str
    template: str
    context: Callable[[Actor], Mapping[str, Any] | None]
    order: int = 50


@dataclass(frozen=True)
class RefusalOffer:
    """What a page that refuses (403, 404) may offer instead. `offer(request, right)` gives the address, "" for none;
    `right` is the code that was missing, "" where nothing was found. It must not depend on what exists."""

    key: str
    offer: Callable[[Any, str], str]
    order: int = 50


@dataclass(frozen=True)
class PatientName:
    """Follows public names of patients: `follow(names)` gives, for those that lead to another record, that record's.
    A name of nobody is left out like one that leads nowhere else. One query."""

    key: str
    follow: Callable[[Sequence[UUID]], Mapping[UUID, UUID]]
    order: int = 50


@dataclass(frozen=True)
class PlaceName:
    """Says in the top bar whose program this is: `name()` is the practice's, "" while there is none."""

    key: str
    name: Callable[[], str]
    order: int = 50


rail: Point[RailEntry] = Point("rail")
strips: Point[Strip] = Point("strips")
refusal_offers: Point[RefusalOffer] = Point("refusal_offers")
patient_names: Point[PatientName] = Point("patient_names")
place_names: Point[PlaceName] = Point("place_names")
commands: Point[Command] = Point("commands")
search_providers: Point[SearchProvider] = Point("search_providers")
patient_takers: Point[PatientTaker] = Point("patient_takers")
record_tabs: Point[RecordTab] = Point("record_tabs")
record_actions: Point[RecordAction] = Point("record_actions")
banner_entries: Point[BannerEntry] = Point("banner_entries")
summary_cards: Point[SummaryCard] = Point("summary_cards")
home_cards: Point[HomeCard] = Point("home_cards")
reception_flags: Point[ReceptionFlag] = Point("reception_flags")
practitioner_notes: Point[PractitionerNote] = Point("practitioner_notes")
status_entries: Point[StatusEntry] = Point("status_entries")
person_menu: Point[PersonEntry] = Point("person_menu")
frame_parts: Point[FramePart] = Point("frame_parts")
checks: Point[CheckEntry] = Point("checks")
written: Point[Written] = Point("written")
