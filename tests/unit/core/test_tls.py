"""The practice's certificates: trusted where its authority is installed, for its own names alone, renewed in time."""

import datetime as dt
import ssl
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography import x509
from django.test import override_settings

from cuspide.core import clock, keystore, tls
from cuspide.core.home import Home
from cuspide.core.tls import checks
from cuspide.core.tls.authority import issue, named
from cuspide.core.tls.certificates import (
    TlsError,
    authority,
    authority_file,
    new_authority,
    renew_when_due,
    server_certificate,
)

Clock = Callable[[dt.datetime], None]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    master = keystore.create(tmp_path / "key")
    made = Home(folder=tmp_path, key_id=keystore.key_id(master), hosts=("cabinet.lan", "192.168.1.10"))
    with override_settings(CUSPIDE_HOME=made):
        yield made


def greeted(home: Home, name: str, *, trusting: Path | None) -> None:
    """A TLS handshake of a browser with the practice's server, in memory; ssl.SSLError when the browser refuses."""
    serving = tls.for_serving(home)
    assert serving is not None
    shake_hands(serving.certificate, serving.key, name, trusting)


def shake_hands(certificate: Path, key: Path, name: str, trusting: Path | None) -> None:
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(certificate, key)
    browser_side = ssl.create_default_context()
    if trusting is not None:
        browser_side.load_verify_locations(trusting)
    to_server, to_browser = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = server_side.wrap_bio(to_server, to_browser, server_side=True)
    browser = browser_side.wrap_bio(to_browser, to_server, server_hostname=name)
    for _turn in range(6):
        for side in (browser, server):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    assert browser.version() == "TLSv1.3"


@pytest.mark.parametrize("name", ["cabinet.lan", "192.168.1.10", "localhost", "127.0.0.1"])
def test_a_workstation_that_installed_the_authority_trusts_the_practice(home: Home, name: str) -> None:
    authority(home)
    greeted(home, name, trusting=authority_file(home))


def test_a_workstation_without_the_authority_refuses(home: Home) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        greeted(home, "cabinet.lan", trusting=None)


def test_another_name_is_refused(home: Home) -> None:
    authority(home)
    with pytest.raises(ssl.SSLCertVerificationError):
        greeted(home, "banque.example", trusting=authority_file(home))


def test_a_stolen_authority_cannot_play_the_bank(home: Home) -> None:
    """Even signed with the authority's own key, a certificate for a name that is not the practice's is refused."""
    forged = issue(authority(home), ("banque.example",), clock.now())
    certificate, key = home.folder / "forged.crt", home.folder / "forged.key"
    certificate.write_bytes(forged.certificate_pem())
    key.write_bytes(forged.key_pem(None))
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree"):
        shake_hands(certificate, key, "banque.example", authority_file(home))


def test_nothing_of_a_certificate_lasts_longer_than_browsers_accept(home: Home) -> None:
    tls.for_serving(home)
    found = server_certificate(home)
    assert found is not None
    assert found.not_valid_after_utc - found.not_valid_before_utc <= dt.timedelta(days=397)


def test_it_is_renewed_before_it_ends_and_not_earlier(home: Home, moved_clock: Clock) -> None:
    start = clock.now()
    assert renew_when_due(home)
    moved_clock(start + dt.timedelta(days=300))
    assert not renew_when_due(home)
    moved_clock(start + dt.timedelta(days=340))
    assert renew_when_due(home)
    found = server_certificate(home)
    assert found is not None
    assert found.not_valid_after_utc > start + dt.timedelta(days=700)


def test_a_new_host_name_of_another_kind_needs_a_new_authority_and_is_said(home: Home) -> None:
    tls.for_serving(home)
    moved = Home(folder=home.folder, key_id=home.key_id, hosts=("dentiste.example",))
    with pytest.raises(TlsError, match=r"dentiste\.example"):
        renew_when_due(moved)
    new_authority(moved)
    greeted(moved, "dentiste.example", trusting=authority_file(moved))


def test_a_private_address_added_later_is_taken_up_without_touching_the_workstations(home: Home) -> None:
    tls.for_serving(home)
    before = authority_file(home).read_bytes()
    wider = Home(folder=home.folder, key_id=home.key_id, hosts=(*home.hosts, "10.0.0.5", "secours.cabinet.lan"))
    tls.for_serving(wider)
    found = server_certificate(wider)
    assert found is not None
    assert {"10.0.0.5", "secours.cabinet.lan"} <= set(named(found))
    assert authority_file(home).read_bytes() == before


def test_a_clock_before_the_authority_is_said_and_the_practice_goes_on(home: Home, moved_clock: Clock) -> None:
    tls.for_serving(home)
    before = (home.tls_folder / "server.crt").read_bytes()
    moved_clock(clock.now() - dt.timedelta(days=900))
    with pytest.raises(TlsError, match="20"):
        renew_when_due(home)
    assert tls.for_serving(home) is not None
    assert (home.tls_folder / "server.crt").read_bytes() == before
    assert next(iter(checks.certificate())).level == "danger"


def test_a_certificate_made_while_the_clock_was_ahead_is_made_again(home: Home, moved_clock: Clock) -> None:
    now = clock.now()
    authority(home)
    moved_clock(now + dt.timedelta(days=700))
    tls.for_serving(home)
    moved_clock(now)
    assert renew_when_due(home)


def test_check_tells_the_days_left_and_the_end(home: Home, moved_clock: Clock) -> None:
    start = clock.now()
    tls.for_serving(home)
    assert [finding.level for finding in checks.certificate()] == ["ok"]
    moved_clock(start + dt.timedelta(days=380))
    assert "watch" in [finding.level for finding in checks.certificate()]
    moved_clock(start + dt.timedelta(days=500))
    assert "danger" in [finding.level for finding in checks.certificate()]


@pytest.mark.parametrize("content", [b"", b"-----BEGIN CERTIFICATE-----\n", b"\xff" * 50])
@pytest.mark.parametrize("name", ["server.crt", "server.key"])
def test_a_damaged_server_certificate_is_made_anew(home: Home, name: str, content: bytes) -> None:
    authority(home)
    tls.for_serving(home)
    (home.tls_folder / name).write_bytes(content)
    greeted(home, "cabinet.lan", trusting=authority_file(home))


def test_a_damaged_authority_is_refused_and_kept(home: Home) -> None:
    """A new one in its place would be refused by every workstation: that is for the operator to decide."""
    tls.for_serving(home)
    (home.tls_folder / "authority.key").write_bytes(b"-----BEGIN")
    with pytest.raises(TlsError, match="tls authority"):
        renew_when_due(home)
    assert tls.for_serving(home) is not None
    assert (home.tls_folder / "authority.key").read_bytes() == b"-----BEGIN"


def test_only_its_owner_may_read_the_keys(home: Home) -> None:
    tls.for_serving(home)
    for name in ("authority.key", "server.key"):
        assert stat.S_IMODE((home.tls_folder / name).stat().st_mode) == 0o600
    assert b"ENCRYPTED" in (home.tls_folder / "authority.key").read_bytes()


def test_the_operators_own_certificate_is_served_and_one_that_does_not_fit_refused(home: Home, tmp_path: Path) -> None:
    made = issue(authority(home), home.hosts, clock.now())
    certificate, key = tmp_path / "own.crt", tmp_path / "own.key"
    certificate.write_bytes(made.certificate_pem())
    key.write_bytes(made.key_pem(None))
    own = Home(folder=tmp_path, hosts=home.hosts, tls_certificate=str(certificate), tls_key=str(key))
    serving = tls.for_serving(own)
    assert serving is not None
    assert serving.certificate == certificate
    key.write_bytes(issue(authority(home), home.hosts, clock.now()).key_pem(None))
    with pytest.raises(TlsError, match=r"own\.key"):
        tls.for_serving(own)
    key.unlink()
    with pytest.raises(TlsError, match=r"own\.crt"):
        tls.for_serving(own)


@pytest.mark.parametrize(
    ("home", "spoken"),
    [
        (Home(folder=Path("/x")), False),
        (Home(folder=Path("/x"), hosts=("localhost", "127.0.0.1")), False),
        (Home(folder=Path("/x"), hosts=("localhost", "cabinet.lan")), True),
        (Home(folder=Path("/x"), hosts=("cabinet.lan",), tls="off"), False),
        (Home(folder=Path("/x"), hosts=("cabinet.lan",), https=True), False),
    ],
)
def test_tls_is_spoken_where_the_practice_is_reached_over_the_network(home: Home, spoken: bool) -> None:
    assert home.serves_tls is spoken


def test_the_authority_says_nothing_of_the_practice_but_its_mark(home: Home) -> None:
    subject = authority(home).certificate.subject
    assert subject.rfc4514_string() == f"CN=Cuspide {home.key_id[:8]}"
    assert isinstance(subject, x509.Name)
