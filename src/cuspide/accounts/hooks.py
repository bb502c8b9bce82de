"""What the accounts add to the registry."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from cuspide.accounts import adapters, checks, cover, demo, emergencies, listening, selectors, tasks
from cuspide.accounts.models import FactorRule, Membership, User, Workstation
from cuspide.accounts.permissions import REVIEW, STATIONS, TEAM
from cuspide.accounts.services import key_change, locking, sessions
from cuspide.audit import anchors, naming
from cuspide.core import clock, registry
from cuspide.core.demo import DemoPart, demo_parts
from cuspide.core.keys.uses import Fate, KeyUse, uses
from cuspide.core.live import gate
from cuspide.core.rights import ROLE_LABELS, Role, declared
from cuspide.core.work import jobs, set_back

_ROLES: dict[str, Any] = {role.value: label for role, label in ROLE_LABELS.items()}


def _names(uuids: Sequence[UUID]) -> Mapping[UUID, str]:
    return dict(User.objects.filter(uuid__in=uuids).values_list("uuid", "display_name"))


def _stations(uuids: Sequence[UUID]) -> Mapping[UUID, str]:
    return dict(Workstation.objects.filter(uuid__in=uuids).values_list("uuid", "name"))


def _everybody() -> Sequence[naming.Person]:
    return [naming.Person(*row) for row in User.objects.values_list("uuid", "pk", "display_name")]


def _owners() -> Sequence[str]:
    """Where the daily anchor of the trace is mailed to."""
    owning = Membership.objects.filter(role=Role.OWNER.value, site__isnull=True, user__is_active=True).select_related(
        "user"
    )
    return [one.user.email for one in owning if one.holds_on(clock.today())]


OWN_PAGES = tuple(
    f"accounts:{name}"
    for name in ("me", "pin", "remove_pin", "add_passkey", "name_passkey", "station", "name_station", "open_emergency")
)
"""What everybody has for himself: the team is no part of it."""

registry.rail.add(
    registry.RailEntry(
        "team",
        _("Team"),
        "accounts:team",
        icon="users-round",
        right=TEAM,
        order=90,
        match=("accounts", "practice"),
        but=OWN_PAGES,
    )
)
registry.commands.add(
    registry.Command(
        "team", _("Open the team"), "accounts:team", right=TEAM, keywords=_("accounts roles people rights")
    )
)
registry.commands.add(
    registry.Command("account", _("My account"), "accounts:me", keywords=_("password language theme second factor"))
)
registry.person_menu.add(registry.PersonEntry("account", _("My account"), "accounts:me", icon="circle-user", order=10))
registry.person_menu.add(
    registry.PersonEntry("password", _("Change the password"), "account_change_password", icon="key-round", order=20)
)
registry.person_menu.add(
    registry.PersonEntry("sign_out", _("Sign out"), "account_logout", icon="log-out", order=90, post=True)
)
registry.commands.add(
    registry.Command(
        "stations",
        _("Open the workstations"),
        "accounts:stations",
        right=STATIONS,
        keywords=_("computers lock screens"),
    )
)
registry.person_menu.add(
    registry.PersonEntry("station", _("This workstation"), "accounts:station", icon="monitor", order=30)
)
registry.person_menu.add(
    registry.PersonEntry(
        "lock", _("Lock"), "accounts:lock", icon="lock", order=80, post=True, shortcut="F8", in_rail=True
    )
)
registry.practitioner_notes.add(
    registry.PractitionerNote("accounts", _("Account"), TEAM, selectors.accounts_of_practitioners, order=10)
)
registry.frame_parts.add(registry.FramePart("lock", "accounts/lock_cover.html", cover.context))
registry.commands.add(
    registry.Command("rights", _("Who may do what"), "accounts:who_may", right=TEAM, keywords=_("rights roles access"))
)
registry.commands.add(
    registry.Command(
        "emergencies",
        _("Emergency accesses"),
        "accounts:emergencies",
        right=REVIEW,
        keywords=_("break glass review urgent"),
    )
)
registry.home_cards.add(
    registry.HomeCard(
        "accounts.emergencies",
        _("Emergency accesses"),
        REVIEW,
        "accounts/emergency_card.html",
        emergencies.card,
        order=5,
    )
)
registry.strips.add(registry.Strip("accounts.emergency", "accounts/emergency_strip.html", emergencies.strip))
registry.refusal_offers.add(registry.RefusalOffer("accounts.emergency", emergencies.offer))
registry.checks.add(registry.CheckEntry("accounts", checks.ACCOUNTS, checks.accounts, order=30))
gate.gates.add(gate.Gate("accounts", listening.people))
demo_parts.add(DemoPart("accounts", demo.build, order=15))
naming.namers.add(naming.Namer("accounts.user", _("Person"), TEAM, _names, url_name="accounts:person"))
naming.namers.add(naming.Namer("accounts.workstation", _("Workstation"), None, _stations))
naming.describe(
    "accounts",
    naming.Detail("how", _("How"), words=cover.HOW.get),
    naming.Detail("kind", _("Where it stands"), words=dict(Workstation.Kind.choices).get),
    naming.Detail("shows", _("What stays in sight when it is locked"), words=dict(Workstation.Shows.choices).get),
    naming.Detail("lock_after", _("Locks after (minutes without activity)")),
    naming.Detail("role", words=_ROLES.get),
    naming.Detail("rule", _("Second factor"), words=dict(FactorRule.Rule.choices).get),
    naming.Detail("browser", _("Browser")),
    naming.Detail("place", _("Place")),
    naming.Detail("practitioner", kind="practice.practitioner"),
    naming.Detail("person", kind="accounts.user"),
    naming.Detail("right", words=lambda code: declared()[code].label if code in declared() else None),
)
naming.describe("audit", naming.Detail("person", kind="accounts.user"))
jobs.schedule.add(jobs.Scheduled("accounts", tasks.daily, every=dt.timedelta(days=1)))
set_back.mends.add(set_back.Mend("seats", locking.count_from_now))
set_back.mends.add(set_back.Mend("sessions", sessions.shorten_too_long))
naming.people.add(naming.People("accounts", _everybody))
anchors.recipients.add(anchors.Recipients("accounts", _owners))
naming.say(
    {
        "accounts.create_owner": _("Created the owner's account"),
        "accounts.invite": _("Added a person to the team"),
        "accounts.withdraw_invitation": _("Withdrew an invitation"),
        "accounts.mail_invitation": _("Sent an invitation's page by mail"),
        "accounts.renew_code": _("Gave a new one-time code"),
        "accounts.redeem_code": _("Chose a password with a one-time code"),
        "accounts.code_refused": _("One-time code refused"),
        "accounts.refused": _("Was refused: the role does not allow it"),
        "accounts.grant": _("Gave a role"),
        "accounts.revoke": _("Took a role away"),
        "accounts.deactivate": _("Closed an account"),
        "accounts.reactivate": _("Opened an account again"),
        "accounts.end_sessions": _("Ended the open sessions"),
        "accounts.end_session": _("Ended an open session"),
        "accounts.end_other_sessions": _("Ended the other open sessions"),
        "accounts.factor_rule": _("Changed what a role is asked for at sign-in"),
        "accounts.sign_in": _("Signed in"),
        "accounts.sign_in_refused": _("Sign-in refused"),
        "accounts.sign_out": _("Signed out"),
        "accounts.change_password": _("Changed the password"),
        "accounts.second_factor_added": _("Set up a second factor"),
        "accounts.second_factor_removed": _("Removed a second factor"),
        "accounts.recovery_codes_made": _("Made recovery codes"),
        "accounts.recovery_codes_removed": _("Recovery codes became worthless"),
        "accounts.remove_second_factor": _("Took away somebody's second factor"),
        "accounts.second_factor_refused": _("Second factor refused"),
        "accounts.passkey_refused": _("Passkey refused"),
        "accounts.passkey_copied": _("Passkey refused: its counter went back, as with a copy"),
        "accounts.passkey_named": _("Named a passkey"),
        "accounts.recovery_code_used": _("Used a recovery code"),
        "accounts.name_workstation": _("Named a workstation"),
        "accounts.change_workstation": _("Changed a workstation"),
        "accounts.retire_workstation": _("Retired a workstation"),
        "accounts.lock": _("Locked the workstation"),
        "accounts.unlock": _("Unlocked the workstation"),
        "accounts.unlock_refused": _("Wrong PIN, passkey or password at a locked workstation"),
        "accounts.lock_ended": _("Three wrong tries: the session was ended"),
        "accounts.set_pin": _("Chose a PIN"),
        "accounts.remove_pin": _("Gave up the PIN"),
        "accounts.say_practitioner": _("Said which practitioner a person is"),
        "accounts.add_replacement": _("Opened an access for a replacement"),
        "accounts.end_replacement": _("Ended a replacement before its last day"),
        "accounts.emergency_open": _("Opened an emergency access"),
        "accounts.emergency_end": _("Ended an emergency access"),
        "accounts.emergency_read": _("Read what was done in an emergency access"),
        "accounts.emergency_review": _("Reviewed an emergency access"),
    }
)
uses.add(
    KeyUse(
        adapters.SECOND_FACTOR,
        Fate.REMADE,
        "secrets of code generators and recovery codes are encrypted anew",
        remake=key_change.encrypt_second_factors_anew,
    )
)
uses.add(KeyUse("passkey challenge", Fate.FORGOTTEN, "marks what a browser was asked within the last five minutes"))
uses.add(KeyUse("pin", Fate.FORGOTTEN, "everybody chooses a PIN again", remake=key_change.forget_pins))
uses.add(
    KeyUse(
        "django",
        Fate.FORGOTTEN,
        "sessions and signed cookies: all sign in again, browsers are named again",
        remake=key_change.end_sessions,
    )
)
