"""What the ground floor adds to the registry."""

from django.utils.translation import gettext_lazy as _

from cuspide.core import background, blobs, checks, registry
from cuspide.core.keys import checks as key_checks
from cuspide.core.keys.uses import Fate, KeyUse, uses
from cuspide.core.live import address as live_address
from cuspide.core.live import part as live
from cuspide.core.pages import assets
from cuspide.core.permissions import STATUS
from cuspide.core.service import checks as service_checks
from cuspide.core.service import health, reserve
from cuspide.core.service.parts import Part, parts
from cuspide.core.tls import checks as tls_checks
from cuspide.core.tls import renewal
from cuspide.core.work import jobs, mail, outbox, set_back

registry.rail.add(registry.RailEntry("home", _("Today"), "core:home", icon="house", right=None, order=0))

registry.checks.add(registry.CheckEntry("versions", service_checks.VERSIONS, service_checks.versions, order=5))
registry.checks.add(registry.CheckEntry("programs", service_checks.PROGRAMS, service_checks.programs, order=6))
registry.checks.add(registry.CheckEntry("clock", service_checks.CLOCK, service_checks.machine_clock, order=7))
registry.checks.add(registry.CheckEntry("files", service_checks.FILES_RIGHTS, service_checks.file_rights, order=8))
registry.checks.add(registry.CheckEntry("service", service_checks.SERVICE, service_checks.service, order=95))
registry.checks.add(registry.CheckEntry("store", checks.STORE, checks.store, order=10))
registry.checks.add(registry.CheckEntry("key", key_checks.KEY, key_checks.key, order=11))
registry.checks.add(registry.CheckEntry("key_copies", key_checks.COPIES, key_checks.copies, order=11))
registry.checks.add(registry.CheckEntry("volume", key_checks.VOLUME, key_checks.volume, order=11))
registry.checks.add(registry.CheckEntry("certificate", tls_checks.CERTIFICATE, tls_checks.certificate, order=12))
registry.checks.add(registry.CheckEntry("disk", checks.DISK, checks.disk, order=12))
registry.checks.add(registry.CheckEntry("blobs", checks.BLOBS, checks.blobs, order=13))
registry.checks.add(registry.CheckEntry("documents", checks.DOCUMENTS, checks.documents, order=13))

health.probes.add(health.Probe("store", health.store, order=10))
health.probes.add(health.Probe("disk", health.disk, order=15))
health.probes.add(health.Probe("background", health.background, order=20))
registry.person_menu.add(
    registry.PersonEntry("service", _("State of the service"), "core:service", icon="activity", right=STATUS, order=60)
)
registry.commands.add(
    registry.Command(
        "service",
        _("See the state of the service"),
        "core:service",
        right=STATUS,
        keywords=_("status health server disk jobs version"),
    )
)

registry.status_entries.add(registry.StatusEntry("disk", checks.disk_status, order=1))
registry.status_entries.add(registry.StatusEntry("clock", checks.clock_status, order=2))

background.loops.add(background.Loop("reserve", reserve.run_forever, order=10))
background.loops.add(background.Loop("jobs", jobs.run_forever, order=20))
background.loops.add(background.Loop("outbox", outbox.run_forever, order=30))
background.loops.add(background.Loop("certificate", renewal.run_forever, order=40))
background.loops.add(background.Loop("clock", set_back.run_forever, order=50))
set_back.mends.add(set_back.Mend("jobs", jobs.forget_a_wrong_clock, order=20))
set_back.mends.add(set_back.Mend("outbox", outbox.forget_a_wrong_clock, order=30))
outbox.channels.add(outbox.Channel("mail", mail.deliver))
if live_address.port():
    parts.add(Part("live", live.run, order=20))

assets.read_early()

_KEY_USES = [
    KeyUse("id", Fate.REMADE, "the mark of the key, in cuspide.toml and in the store"),
    KeyUse("store", Fate.REMADE, "SQLite: every page encrypted anew; PostgreSQL: nothing hangs on it"),
    KeyUse("blobs", Fate.REMADE, "each file's own key is wrapped anew; the file stays", remake=blobs.rewrap),
    KeyUse("blob names", Fate.STAYS, "a name is never made again; the same file, put in later, is kept twice"),
    KeyUse("tls", Fate.REMADE, "the authority's key is encrypted anew; its certificate stays"),
    KeyUse("retired", Fate.REMADE, "keys of before are sealed anew, and the old one with them"),
    KeyUse("copies", Fate.KEPT, "copies of before an upgrade: “cuspide key former” hands out the key of their time"),
    KeyUse("change", Fate.FORGOTTEN, "proves a change of key that is under way, and nothing else"),
]
for _use in _KEY_USES:
    uses.add(_use)
