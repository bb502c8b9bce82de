"""`cuspide tls`: the practice's certificates."""

import argparse

from django.utils.translation import gettext as _

from cuspide.cli import start_django
from cuspide.core import keystore
from cuspide.core.errors import DomainError
from cuspide.core.home import Home


def run(arguments: argparse.Namespace) -> int:
    start_django()
    home = keystore.practice_home()
    if not home.exists:
        raise DomainError(_("There is no practice in %(path)s.") % {"path": home.folder})
    if not home.serves_tls:
        raise DomainError(
            _(
                "This practice is served without TLS of its own: its hosts are this machine alone, or a proxy speaks "
                "TLS (hosts, https and [tls] in cuspide.toml)."
            )
        )
    if arguments.deed == "show":
        return _show(home)
    if home.tls_certificate:
        raise DomainError(_("The certificate is the operator's own: %(path)s.") % {"path": home.tls_certificate})
    return _authority(home, new=arguments.new) if arguments.deed == "authority" else _renew(home)


def _show(home: Home) -> int:
    from cuspide.core.tls import authority_mark, checks
    from cuspide.core.tls.authority import fingerprint, named
    from cuspide.core.tls.certificates import server_certificate

    found = server_certificate(home)
    if found is not None:
        print(_("Names: %(names)s") % {"names": ", ".join(named(found))})
        print(_("Fingerprint of the certificate: %(mark)s") % {"mark": fingerprint(found)})
    if authority_mark(home):
        print(_("Fingerprint of the authority: %(mark)s") % {"mark": authority_mark(home)})
    for finding in checks.certificate():
        print(f"- {finding.message}")
        if finding.remedy:
            print(f"    → {finding.remedy}")
    return 0


def _renew(home: Home) -> int:
    from cuspide.core.tls.certificates import renew_when_due

    renew_when_due(home, anyway=True)
    print(_("A new certificate lies there. The running service takes it up within ten minutes."))
    return _show(home)


def _authority(home: Home, *, new: bool) -> int:
    from cuspide.core import tls
    from cuspide.core.tls.certificates import authority_file, new_authority

    if new:
        new_authority(home)
        print(_("There is a new authority. Until a workstation installs it, its browser refuses the practice."))
    else:
        tls.authority(home)
    print(_("Certificate for the workstations: %(path)s") % {"path": authority_file(home)})
    print(_("Fingerprint of the authority: %(mark)s") % {"mark": tls.authority_mark(home)})
    return 0
