"""Roles, rights and the access every view must declare.

A right is declared by the room it protects, in its `permissions.py`, with the roles that have it by default.
What nobody declared is refused: `AccessMiddleware` (room accounts) turns away a view without `@access`.
"""

import enum
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

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
    """One thing somebody may do: `code` is `room.verb`, `roles` have it unless the practice decides otherwise."""

    code: str
    label: Any
    roles: frozenset[Role]

    def __str__(self) -> str:
        return self.code


_declared: dict[str, Right] = {}


def declare(code: str, label: Any, roles: Iterable[Role]) -> Right:
    """Add a right to the catalogue. Declaring a code twice is a mistake of the program (ValueError)."""
    if code in _declared:
        raise ValueError(f"right {code} is declared twice")
    right = Right(code, label, frozenset(roles))
    _declared[code] = right
    return right


def declared() -> dict[str, Right]:
    """All rights by code, in the order of their codes."""
    return dict(sorted(_declared.items()))


def rights_of(role: Role) -> frozenset[str]:
    """Codes of the rights a role has by default."""
    return frozenset(code for code, right in _declared.items() if role in right.roles)


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
