"""The demo practice's people. They are invented, and so are their passwords, which the demo prints."""

import base64
import hashlib
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.utils import encrypt

from cuspide.accounts import services
from cuspide.accounts.models import Membership, User
from cuspide.core.demo import DemoContext
from cuspide.core.rights import Role


@dataclass(frozen=True)
class Credential:
    """How one of the demo's people signs in."""

    role: Role
    name: str
    email: str
    password: str
    totp_secret: str | None = None


# Role, name, login, password, number among the practitioners.
_PEOPLE: list[tuple[Role, str, str, str, int | None]] = [
    (Role.OWNER, "Dr Claire Aubert", "claire.aubert", "molaire-soleil-16", 0),
    (Role.DENTIST, "Dr Hugo Lefèvre", "hugo.lefevre", "canine-tempete-23", 1),
    (Role.ASSISTANT, "Inès Moreau", "ines.moreau", "fauteuil-jasmin-3", None),
    (Role.SECRETARY, "Nadia Benali", "nadia.benali", "agenda-citron-08", None),
    (Role.BOOKKEEPER, "Paul Girard", "paul.girard", "facture-colline-42", None),
    (Role.TECHNICIAN, "Karim Duval", "karim.duval", "reseau-marine-80", None),
]


def build(context: DemoContext) -> None:
    practitioners = context.shared["practitioners"]
    users: dict[Role, User] = {}
    credentials: list[Credential] = []
    for role, name, login, password, number in _PEOPLE:
        email = f"{login}@tilleuls.example"
        if role is Role.OWNER:
            user = services.create_first_owner(email, name, password)
            # An owner who is a dentist cares for patients too.
            Membership.objects.create(user=user, role=Role.DENTIST)
        else:
            invitation = services.invite(context.actor, email=email, name=name, role=role)
            user = services.redeem_code(invitation.page, invitation.code, password)
        if number is not None:
            user.practitioner = practitioners[number]
        user.save()
        users[role] = user
        secret = _second_factor(user, role, context.seed) if role in {Role.OWNER, Role.TECHNICIAN} else None
        credentials.append(Credential(role, name, email, password, secret))
    context.shared["users"] = users
    context.shared["credentials"] = credentials


def _second_factor(user: User, role: Role, seed: int) -> str:
    """The same secret with the same seed, so that a newcomer's authenticator survives a new demo."""
    whose = "" if role is Role.OWNER else f" {role.value}"
    secret = base64.b32encode(hashlib.sha256(f"cuspide demo {seed}{whose}".encode()).digest()[:20]).decode("ascii")
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": encrypt(secret)})
    RecoveryCodes.activate(user)
    return secret
