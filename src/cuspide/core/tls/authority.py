"""The practice's certificate authority. It may sign for the practice's own names and for private addresses, for nothing
else: who steals its key can play this server before these workstations, and not their bank."""

import datetime as dt
import ipaddress
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_DAYS = 3652
# What browsers accept of any certificate since 2020; publicly trusted ones last shorter still.
SERVER_DAYS = 397
# Clocks of workstations are not all right.
_EARLIER = dt.timedelta(days=1)
_PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8", "fc00::/7", "fe80::/10")
LOCAL = ("localhost", "127.0.0.1", "::1")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True)
class Signed:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def certificate_pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def key_pem(self, password: bytes | None) -> bytes:
        """The key (PKCS 8), encrypted where a password is given."""
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption(),
        )


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of a certificate as systems show it: `AB:CD:…`."""
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


def _address(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def make_authority(*, mark: str, hosts: tuple[str, ...], now: dt.datetime) -> Signed:
    """An authority for these host names and addresses, for ten years. `mark` tells two practices' authorities apart in
    a workstation's list; the list is read by everybody, so the practice's name is not in it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Cuspide {mark[:8]}")])
    named = [host.removeprefix(".") for host in hosts if _address(host) is None]
    permitted: list[x509.GeneralName] = [x509.DNSName(host) for host in dict.fromkeys([*named, "localhost"])]
    networks = [ipaddress.ip_network(text) for text in _PRIVATE] + [ipaddress.ip_network("::1")]
    for host in hosts:
        address = _address(host)
        if address is not None and not any(address in network for network in networks):
            networks.append(ipaddress.ip_network(host))
    permitted += [x509.IPAddress(network) for network in networks]
    built = _begun(name, name, key, now, AUTHORITY_DAYS)
    built = built.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    built = built.add_extension(_usage(signs_certificates=True), critical=True)
    built = built.add_extension(x509.NameConstraints(permitted, None), critical=True)
    built = built.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    return Signed(built.sign(key, hashes.SHA256()), key)


def issue(authority: Signed, hosts: tuple[str, ...], now: dt.datetime) -> Signed:
    """A server certificate for these names and for this machine itself, never longer than its authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    wanted = names(hosts)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, next(iter(wanted))[:64])])
    issuer = authority.certificate
    built = _begun(name, issuer.subject, key, now, SERVER_DAYS, latest=issuer.not_valid_after_utc)
    built = built.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    built = built.add_extension(_usage(signs_certificates=False), critical=True)
    built = built.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    built = built.add_extension(x509.SubjectAlternativeName([_general(host) for host in wanted]), critical=False)
    built = built.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    built = built.add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()), critical=False
    )
    return Signed(built.sign(authority.key, hashes.SHA256()), key)


def names(hosts: tuple[str, ...]) -> tuple[str, ...]:
    """What a server certificate must name: the practice's hosts, with `.cabinet.lan` also all below it, and itself."""
    wanted: dict[str, None] = {}
    for host in hosts:
        wanted[host.removeprefix(".")] = None
        if host.startswith("."):
            wanted[f"*{host}"] = None
    return tuple(wanted | dict.fromkeys(LOCAL))


def named(certificate: x509.Certificate) -> tuple[str, ...]:
    """The names and addresses that a certificate is for."""
    try:
        said = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    return (*said.get_values_for_type(x509.DNSName), *map(str, said.get_values_for_type(x509.IPAddress)))


def allowed(certificate: x509.Certificate, hosts: tuple[str, ...]) -> bool:
    """Whether an authority may sign for all these hosts; one that was made for other names may not."""
    said = certificate.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
    roots = [one.value for one in said if isinstance(one, x509.DNSName)]
    networks = [one.value for one in said if isinstance(one, x509.IPAddress)]
    for host in hosts:
        address = _address(host)
        if address is None:
            bare = host.removeprefix(".")
            if not any(bare == root or bare.endswith(f".{root}") for root in roots):
                return False
        elif not any(address in network for network in networks):  # type: ignore[operator]  # networks, in constraints
            return False
    return True


def _general(host: str) -> x509.GeneralName:
    address = _address(host)
    return x509.DNSName(host) if address is None else x509.IPAddress(address)


def _begun(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    now: dt.datetime,
    days: int,
    *,
    latest: dt.datetime | None = None,
) -> x509.CertificateBuilder:
    start = now - _EARLIER
    end = start + dt.timedelta(days=days)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(min(end, latest) if latest else end)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
