"""Roles, rights and the access every view must declare.

A right is declared by the room it protects, in its `permissions.py`, with the roles that have it by default.
What nobody declared is refused: `AccessMiddleware` (room accounts) turns away a view without `@access`.
"""

import enum
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar, cast
from uuid import UUID

from django.utils.translation import gettext_lazy as _

View = TypeVar("View", bound=Callable[..., Any])


class Role(enum.StrEnum):
    """Who somebody is in the practice. The labels are in `ROLE_LABELS`."""

    OWNER = "owner"
    DENTIST = "dentist"
    ASSISTANT = "assistant"
    SECRETARY = "secretary"
    BOOKKEEPER = "bookkeeper"
    TECHNICIAN = "technician"


ROLE_LABELS = {
    Role.OWNER: _("Practice owner"),
    Role.DENTIST: _("Dentist"),
    Role.ASSISTANT: _("Dental assistant"),
    Role.SECRETARY: _("Medical secretary"),
    Role.BOOKKEEPER: _("Bookkeeper"),
    Role.TECHNICIAN: _("IT technician"),
}


@dataclass(frozen=True)
class Right:
    """One thing somebody may do: `code` is `room.verb`, `roles` have it unless the practice decides otherwise.

    `emergency`: whoever treats may open it for half an hour, with a reason, where her own rights do not reach.
    `whole`: it is about the practice as a whole, and a role at one site does not give it.
    """

    code: str
    label: Any
    roles: frozenset[Role]
    emergency: bool = False
    whole: bool = False

    def __str__(self) -> str:
        return self.code


_declared: dict[str, Right] = {}


def declare(code: str, label: Any, roles: Iterable[Role], *, emergency: bool = False, whole: bool = False) -> Right:
    """Add a right to the catalogue. Declaring a code twice is a mistake of the program (ValueError)."""
    if code in _declared:
        raise ValueError(f"right {code} is declared twice")
    right = Right(code, label, frozenset(roles), emergency, whole)
    _declared[code] = right
    return right


def declared() -> dict[str, Right]:
    """All rights by code, in the order of their codes."""
    return dict(sorted(_declared.items()))


def rights_of(role: Role, *, whole: bool = True) -> frozenset[str]:
    """Codes of the rights a role has by default; held at a site only, without those over the practice as a whole."""
    return frozenset(code for code, right in _declared.items() if role in right.roles and (whole or not right.whole))


def emergency_rights() -> frozenset[str]:
    """Codes of the rights that may be opened in an emergency."""
    return frozenset(code for code, right in _declared.items() if right.emergency)


@dataclass(frozen=True)
class Reach:
    """How far a right is held: at a site, on the work of one practitioner, for one patient. None is any.

    Sites and practitioners are primary keys; the patient is her public name.
    """

    site: int | None = None
    practitioner: int | None = None
    patient: UUID | None = None

    def holds(self, site: int | None, practitioner: int | None, patient: UUID | None) -> bool:
        """Whether a thing of that site, practitioner and patient is within reach."""
        return (
            self.site in (None, site) and self.practitioner in (None, practitioner) and self.patient in (None, patient)
        )


EVERYWHERE = Reach()


class _Open(enum.Enum):
    PUBLIC = "public"
    SIGNED_IN = "signed in"


PUBLIC = _Open.PUBLIC
SIGNED_IN = _Open.SIGNED_IN
Access = Right | _Open


def access(needed: Access) -> Callable[[View], View]:
    """Declare who reaches a view: a Right, SIGNED_IN (whoever has a session) or PUBLIC (nobody is asked)."""

    def mark(view: View) -> View:
        view.cuspide_access = needed  # type: ignore[attr-defined]
        return view

    return mark


def access_of(view: Callable[..., Any]) -> Access | None:
    """The declared access of a view, looked for through decorators and `View.as_view()`."""
    for candidate in (view, getattr(view, "view_class", None), getattr(view, "__wrapped__", None)):
        found = getattr(candidate, "cuspide_access", None)
        if found is not None:
            return cast(Access, found)
    return None
