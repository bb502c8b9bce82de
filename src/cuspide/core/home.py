"""The practice's folder: where its store, blobs, key and `cuspide.toml` lie.

`CUSPIDE_HOME` names it; without it, the platform's place for a person's data. Nothing here needs Django.
"""

import gettext
import json
import os
import re
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

CONFIG_NAME = "cuspide.toml"
_CATALOGUES = Path(__file__).parent / "locale"
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1", "[::1]"})


def _(sentence: str) -> str:
    """Marks a sentence for the catalogue."""
    return sentence


class HomeError(Exception):
    """The folder or its `cuspide.toml` cannot be used; the sentence says why and what to do.

    It is met while the settings are read, when Django translates nothing yet: the catalogue is asked without it.
    """

    def __init__(self, file: Path, sentence: str, **params: object) -> None:
        super().__init__(sentence)
        self.file, self.sentence, self.params = file, sentence, params

    def told(self, language: str) -> str:
        """The file and what is wrong with it, in a language that has a catalogue, else in English."""
        catalogue = gettext.translation("django", _CATALOGUES, [language], fallback=True)
        return f"{self.file}: {catalogue.gettext(self.sentence) % self.params}"

    def __str__(self) -> str:
        return self.told("en")


def default_folder() -> Path:
    """Where a practice lies when nobody says otherwise."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home())) / "Cuspide"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "Cuspide"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "cuspide"


@dataclass(frozen=True)
class Home:
    """A practice's folder and what `cuspide.toml` says of it."""

    folder: Path
    engine: str = "sqlite"
    url: str = ""
    key_id: str = ""
    key_in: str = "file"
    hosts: tuple[str, ...] = ("localhost",)
    https: bool = False
    tls: str = "auto"
    tls_certificate: str = ""
    tls_key: str = ""
    demo: bool = False
    time_zone: str = "Europe/Paris"
    mail_host: str = ""
    mail_port: int = 587
    mail_user: str = ""
    mail_password: str = ""
    mail_from: str = ""

    @property
    def config_file(self) -> Path:
        return self.folder / CONFIG_NAME

    @property
    def store_file(self) -> Path:
        return self.folder / "store.sqlite3"

    @property
    def blob_folder(self) -> Path:
        return self.folder / "blobs"

    @property
    def key_file(self) -> Path:
        named = os.environ.get("CUSPIDE_KEY_FILE")
        return Path(named) if named else self.folder / "key"

    @property
    def key_in_file(self) -> bool:
        """Whether the key lies in a file; otherwise the platform's keystore has it."""
        return self.key_in == "file" or bool(os.environ.get("CUSPIDE_KEY_FILE"))

    @property
    def serves_tls(self) -> bool:
        """Whether Cuspide itself speaks TLS: where people reach it under another name than this machine's own, unless a
        proxy does it (`https`), or the operator said no."""
        if self.https or self.tls == "off":
            return False
        return bool(self.tls_certificate) or any(host not in LOCAL_HOSTS for host in self.hosts)

    @property
    def tls_folder(self) -> Path:
        return self.folder / "tls"

    @property
    def copies_file(self) -> Path:
        return self.folder / "keys.json"

    @property
    def exists(self) -> bool:
        return self.config_file.exists()

    def text(self) -> bytes:
        """`cuspide.toml` as it is written."""
        return (
            "# Written by `cuspide init`. The store's address may hold a password: keep this file to yourself.\n"
            f"key_id = {json.dumps(self.key_id)}\n"
            f"key_in = {json.dumps(self.key_in)}\n"
            f"hosts = {json.dumps(list(self.hosts))}\n"
            f"https = {json.dumps(self.https)}\n"
            f"demo = {json.dumps(self.demo)}\n"
            f"time_zone = {json.dumps(self.time_zone)}\n"
            "\n[store]\n"
            f"engine = {json.dumps(self.engine)}\n"
            f"url = {json.dumps(self.url)}\n"
            "\n[tls]\n"
            f"mode = {json.dumps(self.tls)}\n"
            f"certificate = {json.dumps(self.tls_certificate)}\n"
            f"key = {json.dumps(self.tls_key)}\n"
            "\n[mail]\n"
            f"host = {json.dumps(self.mail_host)}\n"
            f"port = {self.mail_port}\n"
            f"user = {json.dumps(self.mail_user)}\n"
            f"password = {json.dumps(self.mail_password)}\n"
            f"sender = {json.dumps(self.mail_from)}\n"
        ).encode()

    def write(self) -> None:
        """Write `cuspide.toml`, readable by its owner alone, whole or not at all."""
        write_private(self.config_file, self.text())


def write_private(path: Path, content: bytes) -> None:
    """Write a file that its owner alone may read, on the disk before it gets its name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = _half(path)
    half.unlink(missing_ok=True)
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    half.replace(path)
    sync_folder(path.parent)


def remove_private(path: Path) -> None:
    """Remove such a file, and what a kill while it was written left of it."""
    for one in (path, _half(path)):
        one.unlink(missing_ok=True)


def _half(path: Path) -> Path:
    return path.with_name(path.name + ".half")


def sync_folder(folder: Path) -> None:
    """Bring a folder's new names to the disk, where the platform can (not on Windows)."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _refuse_wrong_values(file: Path, said: dict[str, Any]) -> None:
    """Refuse (HomeError) what an operator wrote and the program would take for something else: `hosts = "server"`
    would be its letters, `https = "false"` would be yes."""

    def refuse_unless(right: bool, sentence: str, name: str) -> None:
        if not right:
            raise HomeError(file, sentence, name=name)

    for section in ("store", "mail", "tls"):
        is_section = isinstance(said.get(section, {}), dict)
        refuse_unless(is_section, _("%(name)s must be a section, [%(name)s]."), section)
    hosts = said.get("hosts", ["localhost"])
    a_list = isinstance(hosts, list) and bool(hosts) and all(isinstance(host, str) and host for host in hosts)
    refuse_unless(a_list, _('%(name)s must be a list of names: hosts = ["serveur.cabinet.lan"].'), "hosts")
    for name in ("https", "demo"):
        is_bool = isinstance(said.get(name, False), bool)
        refuse_unless(is_bool, _("%(name)s must be true or false, without quotation marks."), name)
    port = said.get("mail", {}).get("port", 587)
    a_port = isinstance(port, int) and not isinstance(port, bool) and 1 <= port <= 65535
    refuse_unless(a_port, _("%(name)s must be a number from 1 to 65535, without quotation marks."), "mail.port")
    texts = {"key_id": said, "time_zone": said}
    texts |= {f"store.{name}": said.get("store", {}) for name in ("engine", "url")}
    texts |= {f"mail.{name}": said.get("mail", {}) for name in ("host", "user", "password", "sender")}
    texts |= {f"tls.{name}": said.get("tls", {}) for name in ("mode", "certificate", "key")}
    for name, place in texts.items():
        is_text = isinstance(place.get(name.rpartition(".")[2], ""), str)
        refuse_unless(is_text, _("%(name)s must be between quotation marks."), name)
    try:
        ZoneInfo(said.get("time_zone", "Europe/Paris"))
    except (OSError, ValueError, ZoneInfoNotFoundError):
        refuse_unless(False, _('%(name)s must be a known one, such as "Europe/Paris".'), "time_zone")


def _unreadable(file: Path, error: Exception) -> HomeError:
    """Why the file cannot be read as TOML, and where; never what stands there, which may be a password."""
    if isinstance(error, UnicodeDecodeError):
        return HomeError(file, _("This is no text in UTF-8: save it as UTF-8."))
    if isinstance(error, OSError):
        return HomeError(file, _("It cannot be read: %(reason)s."), reason=error.strerror)
    where = re.search(r"line (\d+), column (\d+)", str(error))
    if where is None:
        return HomeError(file, _("Its end cannot be read as TOML: is something missing, or is a name given twice?"))
    sentence = _(
        "Line %(line)s, column %(column)s cannot be read as TOML: is something missing, or is a name given twice?"
    )
    return HomeError(file, sentence, line=where[1], column=where[2])


def _either(file: Path, name: str, value: object, one: str, other: str) -> HomeError:
    sentence = _('%(name)s is "%(value)s"; it is either "%(one)s" or "%(other)s".')
    return HomeError(file, sentence, name=name, value=value, one=one, other=other)


def load(folder: Path | str | None = None) -> Home:
    """The practice's folder as it stands; one without `cuspide.toml` is a home that does not exist yet.

    Raises HomeError when `cuspide.toml` is there and cannot be read.
    """
    place = Path(folder or os.environ.get("CUSPIDE_HOME") or default_folder()).expanduser().absolute()
    home = Home(folder=place)
    try:
        said = tomllib.loads(home.config_file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return home
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _unreadable(home.config_file, error) from error
    _refuse_wrong_values(home.config_file, said)
    store, mail, tls = said.get("store", {}), said.get("mail", {}), said.get("tls", {})
    engine = store.get("engine", "sqlite")
    if engine not in {"sqlite", "postgresql"}:
        raise _either(home.config_file, "store.engine", engine, "sqlite", "postgresql")
    key_in = said.get("key_in", "file")
    if key_in not in {"file", "keystore"}:
        raise _either(home.config_file, "key_in", key_in, "file", "keystore")
    if tls.get("mode", "auto") not in {"auto", "off"}:
        raise _either(home.config_file, "tls.mode", tls["mode"], "auto", "off")
    if bool(tls.get("certificate")) != bool(tls.get("key")):
        raise HomeError(home.config_file, _("tls.certificate and tls.key are given both or not at all."))
    return Home(
        folder=place,
        engine=engine,
        url=store.get("url", ""),
        key_id=said.get("key_id", ""),
        key_in=key_in,
        hosts=tuple(said.get("hosts", ["localhost"])),
        https=said.get("https", False),
        tls=tls.get("mode", "auto"),
        tls_certificate=tls.get("certificate", ""),
        tls_key=tls.get("key", ""),
        demo=said.get("demo", False),
        time_zone=said.get("time_zone", "Europe/Paris"),
        mail_host=mail.get("host", ""),
        mail_port=mail.get("port", 587),
        mail_user=mail.get("user", ""),
        mail_password=mail.get("password", ""),
        mail_from=mail.get("sender", ""),
    )
