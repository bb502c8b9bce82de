"""Who acts: the person, what she may do and where. Built by `accounts` for a request, by jobs for themselves."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from cuspide.core.errors import Forbidden
from cuspide.core.rights import EVERYWHERE, Reach, Right


@dataclass(frozen=True)
class Limited:
    """Rights that hold for the work of one practitioner or for one patient only."""

    reach: Reach
    rights: frozenset[str]


@dataclass(frozen=True)
class Actor:
    """A person at a workstation, or the program itself.

    `rights` are the codes held everywhere in the practice, `rights_by_site` those held at a site only (primary key
    of the site), `limited` those that reach less than a site. `label` is for the trace; it is never sent to a log.
    """

    user_id: int | None
    label: str
    roles: frozenset[str] = frozenset()
    rights: frozenset[str] = frozenset()
    rights_by_site: Mapping[int, frozenset[str]] = field(default_factory=dict)
    limited: tuple[Limited, ...] = ()
    practitioner_id: int | None = None
    workstation: str = ""
    # Until when an emergency access is open; None without one.
    emergency_until: dt.datetime | None = None
    is_system: bool = False

    @classmethod
    def system(cls, job: str) -> "Actor":
        """The program acting by itself: a job, the demo, an operator's command."""
        return cls(user_id=None, label=f"system:{job}", is_system=True)

    @classmethod
    def nobody(cls) -> "Actor":
        """A visitor who has not signed in."""
        return cls(user_id=None, label="visitor")

    @property
    def is_signed_in(self) -> bool:
        return self.user_id is not None

    def can(self, right: Right | str, site: int | None = None) -> bool:
        """Whether the right is held at all, or with `site` on something of that site.

        It opens a page and shows a button. Whether it reaches the thing itself is for `can_on` to say.
        """
        if site is None:
            return bool(self.reaches(right))
        return any(reach.site in (None, site) for reach in self.reaches(right) if reach.patient is None)

    def can_on(
        self,
        right: Right | str,
        *,
        site: int | None = None,
        practitioner: int | None = None,
        patient: UUID | None = None,
    ) -> bool:
        """Whether the right reaches a thing of this site, of this practitioner's work, of this patient."""
        return any(reach.holds(site, practitioner, patient) for reach in self.reaches(right))

    def everywhere(self, right: Right | str) -> bool:
        """Whether the right is held for the whole practice: what belongs to no site asks this."""
        return self.is_system or str(right) in self.rights

    def reaches(self, right: Right | str) -> list[Reach]:
        """How far the right is held; the whole practice alone where it is held there."""
        if self.everywhere(right):
            return [EVERYWHERE]
        return [one.reach for one in self.local if str(right) in one.rights]

    @property
    def local(self) -> list[Limited]:
        """What is held less than everywhere, with its reach."""
        at_sites = [Limited(Reach(site=site), held) for site, held in self.rights_by_site.items()]
        return [*at_sites, *self.limited]

    def practitioners_of(self, right: Right | str) -> frozenset[int] | None:
        """For whom somebody with this right works: None for whoever there is, else the practitioners' primary keys."""
        whom: set[int] = set()
        for reach in self.reaches(right):
            if reach.practitioner is None and reach.patient is None:
                return None
            if reach.practitioner is not None:
                whom.add(reach.practitioner)
        return frozenset(whom)

    def holding(self, rights: frozenset[str]) -> "Actor":
        """The same person with these rights and no other, wherever they are asked."""
        return replace(self, rights=rights, rights_by_site={}, limited=())

    def require(self, right: Right | str, site: int | None = None) -> None:
        """Raise Forbidden unless the right is held."""
        if not self.can(right, site):
            raise Forbidden(str(right))

    def require_on(
        self,
        right: Right | str,
        *,
        site: int | None = None,
        practitioner: int | None = None,
        patient: UUID | None = None,
    ) -> None:
        """Raise Forbidden unless the right reaches the thing."""
        if not self.can_on(right, site=site, practitioner=practitioner, patient=patient):
            raise Forbidden(str(right))

    def require_everywhere(self, right: Right | str) -> None:
        """Raise Forbidden unless the right is held for the whole practice."""
        if not self.everywhere(right):
            raise Forbidden(str(right))
