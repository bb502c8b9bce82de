"""The certificates of a practice on its disk: made where there are none, renewed before they end, never half.

The authority's key is encrypted under a key derived from the practice's own: a copy of the folder signs nothing. The
server's lies in a 0600 file, as the server reads no other, and is worth something until its certificate ends.
"""

import datetime as dt
import logging
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.utils.translation import gettext_lazy as _

from cuspide.core import clock, keystore
from cuspide.core.errors import Refusal
from cuspide.core.home import Home, write_private
from cuspide.core.tls.authority import Signed, allowed, fingerprint, issue, make_authority, named, names

logger = logging.getLogger("cuspide.tls")

LABEL = "tls"
AUTHORITY, SERVER = "authority", "server"
RENEW_BEFORE = dt.timedelta(days=60)


class TlsError(Refusal):
    """The practice cannot be served with TLS; the sentence says why and what to do."""


@dataclass(frozen=True)
class Serving:
    """What a server needs. `own_authority`: workstations must have installed the practice's."""

    certificate: Path
    key: Path
    own_authority: bool

    def stamp(self) -> tuple[int, ...]:
        """Another one when the certificate was renewed."""
        try:
            found = self.certificate.stat()
        except OSError:
            return ()
        return (found.st_mtime_ns, found.st_ino)


def authority_file(home: Home) -> Path:
    """The authority's certificate, which workstations install. It is no secret."""
    return home.tls_folder / "authority.crt"


def _files(home: Home, what: str) -> tuple[Path, Path]:
    return home.tls_folder / f"{what}.crt", home.tls_folder / f"{what}.key"


def _password(home: Home, what: str) -> bytes | None:
    """What opens a key file; None for the server's, which is not encrypted."""
    return keystore.derived(keystore.master(home), LABEL).hex().encode() if what == AUTHORITY else None


def for_serving(home: Home) -> Serving | None:
    """The certificate to serve with, made or renewed where it is due; None where the practice is served without TLS.

    Raises TlsError when the operator's own files cannot be used, or when there is no certificate and none can be made.
    """
    if not home.serves_tls:
        return None
    if home.tls_certificate:
        return _given(home)
    try:
        renew_when_due(home)
    except TlsError as error:
        # The practice goes on with the certificate that it has: workstations judge it by their own clocks.
        if _read(home, SERVER) is None:
            raise
        logger.error("the certificate was not renewed: %s", error)
    certificate, key = _files(home, SERVER)
    return Serving(certificate, key, own_authority=True)


def _given(home: Home) -> Serving:
    certificate, key = Path(home.tls_certificate), Path(home.tls_key)
    try:
        loaded = x509.load_pem_x509_certificate(certificate.read_bytes())
        private = serialization.load_pem_private_key(key.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise TlsError(
            _("The certificate %(certificate)s or its key %(key)s cannot be read (PEM, key without password)."),
            {"certificate": certificate, "key": key},
        ) from error
    if _public(private) != _public(loaded):
        raise TlsError(
            _("The key %(key)s does not belong to the certificate %(certificate)s."),
            {
                "certificate": certificate,
                "key": key,
            },
        )
    return Serving(certificate, key, own_authority=False)


def _public(thing: object) -> bytes:
    key = thing.public_key()  # type: ignore[attr-defined]  # a certificate or any private key
    public: bytes = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return public


def authority(home: Home) -> Signed:
    """The practice's authority, made where there is none."""
    found = _read(home, AUTHORITY)
    if found is None:
        found = make_authority(mark=home.key_id, hosts=home.hosts, now=clock.now())
        _write(home, AUTHORITY, found)
    return found


def new_authority(home: Home) -> Signed:
    """Another authority instead of the one there is, and a certificate of it: each workstation must install it."""
    made = make_authority(mark=home.key_id, hosts=home.hosts, now=clock.now())
    _write(home, AUTHORITY, made)
    _write(home, SERVER, issue(made, home.hosts, clock.now()))
    return made


def server_certificate(home: Home) -> x509.Certificate | None:
    """The certificate that the practice is served with; None before there is one, or where it cannot be read."""
    path = Path(home.tls_certificate) if home.tls_certificate else _files(home, SERVER)[0]
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError):
        return None


def authority_certificate(home: Home) -> x509.Certificate | None:
    """The authority's certificate; None before there is one."""
    try:
        return x509.load_pem_x509_certificate(authority_file(home).read_bytes())
    except (OSError, ValueError):
        return None


def authority_mark(home: Home) -> str:
    """The fingerprint of the practice's own authority; "" where it has none."""
    found = authority_certificate(home) if home.serves_tls and not home.tls_certificate else None
    return "" if found is None else fingerprint(found)


def renew_when_due(home: Home, *, anyway: bool = False) -> bool:
    """Issue the server certificate where there is none, where it ends soon or was made for other names. True: a new one
    lies there. TlsError when the clock cannot be right, or when the authority may not sign for a new host name."""
    signer = authority(home)
    now = clock.now()
    if now < signer.certificate.not_valid_before_utc:
        raise TlsError(
            _(
                "The clock of this machine says %(now)s, which is before the practice's certificates were made. Set it "
                "right; nothing is renewed until then."
            ),
            {"now": f"{now:%Y-%m-%d %H:%M} UTC"},
        )
    if not allowed(signer.certificate, home.hosts):
        raise TlsError(
            _(
                "The practice's authority may not sign for %(hosts)s: it was made for other names. Make a new one with "
                "“cuspide tls authority --new”, and install it on every workstation."
            ),
            {"hosts": ", ".join(home.hosts)},
        )
    if not anyway and not _is_due(home, signer, now):
        return False
    _write(home, SERVER, issue(signer, home.hosts, now))
    logger.info("the certificate of the practice was renewed")
    return True


def _is_due(home: Home, signer: Signed, now: dt.datetime) -> bool:
    found = _read(home, SERVER)
    if found is None:
        return True
    certificate = found.certificate
    try:
        certificate.verify_directly_issued_by(signer.certificate)
    except (ValueError, TypeError, InvalidSignature):
        return True
    return (
        now < certificate.not_valid_before_utc
        or certificate.not_valid_after_utc - now < RENEW_BEFORE
        or set(named(certificate)) != set(names(home.hosts))
    )


def _read(home: Home, what: str) -> Signed | None:
    certificate, key = _files(home, what)
    try:
        loaded = serialization.load_pem_private_key(key.read_bytes(), _password(home, what))
        signed = x509.load_pem_x509_certificate(certificate.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        if what == SERVER:
            return None
        raise TlsError(
            _(
                "The practice's certificate authority in %(path)s cannot be read. Bring it back from a backup, or make "
                "a new one with “cuspide tls authority --new” and install it on every workstation."
            ),
            {"path": home.tls_folder},
        ) from error
    if not isinstance(loaded, ec.EllipticCurvePrivateKey) or _public(loaded) != _public(signed):
        # The two files of a pair are not written in one stroke: a kill in between leaves a pair that does not fit.
        return None
    return Signed(signed, loaded)


def _write(home: Home, what: str, made: Signed) -> None:
    certificate, key = _files(home, what)
    home.tls_folder.mkdir(mode=0o700, exist_ok=True)
    write_private(key, made.key_pem(_password(home, what)))
    write_private(certificate, made.certificate_pem())
