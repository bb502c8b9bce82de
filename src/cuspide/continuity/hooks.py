"""What continuity adds to the registry."""

from django.utils.translation import gettext_lazy as _

from cuspide.audit import naming
from cuspide.continuity import checks, disk_checks, looked, permissions, secrets, sheet_checks
from cuspide.continuity.kit import checks as kit_checks
from cuspide.continuity.onefile import writing
from cuspide.continuity.services import disks, drills, rounds
from cuspide.core import background, registry
from cuspide.core.keys.uses import Fate, KeyUse, uses

background.loops.add(background.Loop("backups", rounds.run_forever, order=60))
background.loops.add(background.Loop("readings", drills.read_forever, order=62))
background.loops.add(background.Loop("disks", disks.run_forever, order=61))
uses.add(
    KeyUse(secrets.LABEL, Fate.REMADE, "what opens the places of backups is sealed anew", remake=secrets.seal_anew)
)
uses.add(KeyUse(writing.LABEL, Fate.STAYS, "a copy in one file carries the wrapped keys of its own time"))
registry.checks.add(registry.CheckEntry("backup", _("Backups"), checks.backups, order=14))
registry.checks.add(registry.CheckEntry("kit", kit_checks.KIT, kit_checks.kit, order=15))
registry.checks.add(registry.CheckEntry("disks", disk_checks.DISKS, disk_checks.found, order=16))
registry.status_entries.add(registry.StatusEntry("disks", disk_checks.status, permissions.SEE, order=21))
registry.checks.add(registry.CheckEntry("sheet", sheet_checks.SHEET, sheet_checks.found, order=17))
registry.home_cards.add(
    registry.HomeCard(
        "continuity.sheet",
        sheet_checks.SHEET,
        permissions.RESTORE,
        "continuity/cards/sheet.html",
        sheet_checks.card,
        order=16,
    )
)
registry.home_cards.add(
    registry.HomeCard(
        "continuity.disks",
        disk_checks.DISKS,
        permissions.SEE,
        "continuity/cards/disks.html",
        disk_checks.card,
        order=15,
    )
)
registry.status_entries.add(registry.StatusEntry("backup", checks.status, order=20))
registry.strips.add(registry.Strip("continuity.looked_at", "continuity/looked_strip.html", looked.strip, order=1))
registry.rail.add(
    registry.RailEntry(
        "continuity",
        _("Backups"),
        "continuity:overview",
        "hard-drive",
        permissions.SEE,
        order=80,
        match=("continuity",),
    )
)
registry.commands.add(
    registry.Command(
        "continuity.overview",
        _("See the backups"),
        "continuity:overview",
        permissions.SEE,
        keywords=_("copy disk restore lost ransomware"),
        order=72,
    )
)
naming.matters.add(naming.Matter("continuity", _("Backups"), shows=("lost",), order=85))
naming.say(
    {
        "continuity.add_place": _("Said where backups go"),
        "continuity.end_place": _("Ended a place of backups"),
        "continuity.try_sheet": _("Tried the escrow sheet on a backup"),
        "continuity.print_kit": _("Printed the restore kit"),
        "continuity.bring_beside": _("Brought an earlier point back beside the practice"),
        "continuity.lost": _("Read what a way back would lose"),
        "continuity.decide_switch": _("Decided to switch to another store"),
        "continuity.switch": _("Switched to another store"),
    }
)
