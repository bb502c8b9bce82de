"""Who acts: the person, what she may do and where. Built by `accounts` for a request, by jobs for themselves."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cuspide.core.errors import Forbidden
from cuspide.core.rights import Right


@dataclass(frozen=True)
class Actor:
    """A person at a workstation, or the program itself.

    `rights` are the codes held anywhere in the practice, `rights_by_site` those held at a site only (primary key
    of the site). `label` is for the trace; it is never sent to a log.
    """

    user_id: int | None
    label: str
    roles: frozenset[str] = frozenset()
    rights: frozenset[str] = frozenset()
    rights_by_site: Mapping[int, frozenset[str]] = field(default_factory=dict)
    practitioner_id: int | None = None
    workstation: str = ""
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
        """Whether the right is held, at the site when one is given, else anywhere."""
        if self.is_system:
            return True
        code = str(right)
        if code in self.rights:
            return True
        if site is not None:
            return code in self.rights_by_site.get(site, frozenset())
        return any(code in held for held in self.rights_by_site.values())

    def require(self, right: Right | str, site: int | None = None) -> None:
        """Raise Forbidden unless the right is held."""
        if not self.can(right, site):
            raise Forbidden(str(right))
