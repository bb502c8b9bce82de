"""What `cuspide check` says of the practice's certificate."""

import datetime as dt
from collections.abc import Sequence

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cuspide.core import clock, keystore
from cuspide.core.home import LOCAL_HOSTS
from cuspide.core.registry import Finding
from cuspide.core.service import starting
from cuspide.core.tls.authority import allowed, named, names
from cuspide.core.tls.certificates import authority_certificate, server_certificate

CERTIFICATE = gettext_lazy("Certificate")

_SOON_DAYS = 30
_AUTHORITY_SOON_DAYS = 400


def certificate() -> Sequence[Finding]:
    """Days left, names and authority of the certificate; whether people reach the practice without TLS."""
    home = keystore.practice_home()
    if home.https:
        return [Finding("ok", _("TLS is spoken by a proxy before Cuspide; its certificate is the proxy's business."))]
    if not home.serves_tls:
        if all(host in LOCAL_HOSTS for host in home.hosts):
            return [Finding("ok", _("The practice is reached from this machine alone, without TLS."))]
        said = _("People reach the practice without TLS: who listens on the network reads passwords and records.")
        return [Finding("danger", said, _("Set mode = “auto” under [tls] in cuspide.toml."))]
    found = server_certificate(home)
    if found is None:
        remedy = _("It is made when the service starts (“%(command)s”); or run “cuspide tls renew”.")
        remedy %= {"command": starting.command()}
        return [Finding("watch", _("There is no certificate yet."), remedy)]
    own = not home.tls_certificate
    renew = _("Run: cuspide tls renew") if own else _("Put a new certificate in its place.")
    findings = []
    now = clock.now()
    left = (found.not_valid_after_utc - now).days
    if now < found.not_valid_before_utc:
        said = _("The clock of this machine is wrong, or the certificate is of the future: it counts from %(day)s on.")
        findings.append(Finding("danger", said % {"day": _day(found.not_valid_before_utc)}, _("Set the clock right.")))
    elif left < 0:
        said = _("The certificate ended on %(day)s: browsers refuse the practice.")
        findings.append(Finding("danger", said % {"day": _day(found.not_valid_after_utc)}, renew))
    else:
        said = _("The certificate counts for another %(left)d days.")
        level = "watch" if left < _SOON_DAYS else "ok"
        findings.append(Finding(level, said % {"left": left}, renew if level == "watch" else ""))
    wanted = names(home.hosts) if own else tuple(host for host in home.hosts if host not in LOCAL_HOSTS)
    missing = sorted(set(wanted) - set(named(found)))
    if missing:
        said = _("The certificate does not name %(names)s.") % {"names": ", ".join(missing)}
        findings.append(Finding("danger" if own else "watch", said, renew))
    if own:
        findings.extend(_authority())
    return findings


def _authority() -> list[Finding]:
    home = keystore.practice_home()
    found = authority_certificate(home)
    again = _("Make a new one (cuspide tls authority --new) and install it on every workstation.")
    if found is None:
        return [Finding("danger", _("The practice's certificate authority cannot be read."), again)]
    if not allowed(found, home.hosts):
        return [Finding("danger", _("The practice's authority was made for other host names."), again)]
    left = (found.not_valid_after_utc - clock.now()).days
    if left < _AUTHORITY_SOON_DAYS:
        said = _("The practice's certificate authority ends on %(day)s.")
        return [Finding("watch", said % {"day": _day(found.not_valid_after_utc)}, again)]
    return []


def _day(instant: dt.datetime) -> str:
    return date_format(clock.local(instant).date(), "j F Y")
