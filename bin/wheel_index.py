"""Fetches one pinned wheel from the configured package index, with nothing but the standard library."""

from __future__ import annotations

import base64
import configparser
import hashlib
import json
import os
import platform
import re
import ssl
import sysconfig
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path

from speech import BootstrapError, words

PYPI = "https://pypi.org/simple"
ACCEPT = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.5, text/html;q=0.4"


def _pip_setting(name: str) -> str | None:
    """A setting of pip's configuration files, the user's before the machine's."""
    home = Path(os.environ.get("HOME") or "/nonexistent")
    data = os.environ.get("XDG_CONFIG_HOME")
    files = [
        Path(os.environ["PIP_CONFIG_FILE"]) if os.environ.get("PIP_CONFIG_FILE") else None,
        Path(data or home / ".config") / "pip" / "pip.conf",
        home / ".pip" / "pip.conf",
        Path("/etc/xdg/pip/pip.conf"),
        Path("/etc/pip.conf"),
    ]
    for file in files:
        parser = configparser.RawConfigParser()
        try:
            if file is None or not parser.read(file, encoding="utf-8"):
                continue
        except (configparser.Error, UnicodeDecodeError, OSError):
            continue
        for section in ("install", "global"):
            value = parser.get(section, name, fallback="").strip()
            if value:
                return value
    return None


def configured_index() -> str | None:
    """The index this machine was told to use, or None when that is PyPI itself."""
    names = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL")
    found = next((os.environ[name] for name in names if os.environ.get(name)), None) or _pip_setting("index-url")
    if not found or urllib.parse.urlsplit(found).hostname == "pypi.org":
        return None
    return found.rstrip("/")


def certificate_file() -> str | None:
    """The bundle of certificates this machine was told to trust."""
    for name in ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        if os.environ.get(name) and Path(os.environ[name]).is_file():
            return os.environ[name]
    named = _pip_setting("cert")
    return named if named and Path(named).is_file() else None


def _open(url: str, accept: str) -> tuple[str, str, bytes]:
    """GET: the address it came from, its content type, its bytes. A user and password in the address are honoured."""
    parts = urllib.parse.urlsplit(url)
    headers = {"Accept": accept, "User-Agent": "cuspide-bootstrap"}
    if parts.username:
        pair = f"{urllib.parse.unquote(parts.username)}:{urllib.parse.unquote(parts.password or '')}"
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        host = parts.hostname or ""
        url = urllib.parse.urlunsplit(parts._replace(netloc=f"{host}:{parts.port}" if parts.port else host))
    context = ssl.create_default_context()
    bundle = certificate_file()
    if bundle:
        context.load_verify_locations(bundle)
    try:
        with urllib.request.urlopen(
            urllib.request.Request(url, headers=headers), timeout=60, context=context
        ) as answer:
            return answer.url, answer.headers.get("Content-Type", ""), answer.read()
    except (urllib.error.URLError, OSError) as error:
        host = parts.hostname or url
        raise BootstrapError(words(f"{host} ne répond pas ({error})", f"{host} does not answer ({error})")) from error


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.links += [value for name, value in attrs if name == "href" and value]


def _files(index: str, package: str) -> dict[str, str]:
    """File name to address, from the index's page of a package (JSON or HTML form of the simple repository API)."""
    base, kind, body = _open(f"{index}/{package}/", ACCEPT)
    if "json" in kind:
        links = [str(file["url"]) for file in json.loads(body).get("files", [])]
    else:
        parser = _Links()
        parser.feed(body.decode("utf-8", "replace"))
        links = parser.links
    addresses = [urllib.parse.urldefrag(urllib.parse.urljoin(base, link)).url for link in links]
    return {urllib.parse.unquote(address.rsplit("/", 1)[-1]): address for address in addresses}


def _with_credentials(url: str, index: str) -> str:
    """The index's user and password, for a file on the index's own host and for no other."""
    file, home = urllib.parse.urlsplit(url), urllib.parse.urlsplit(index)
    if "@" in home.netloc and (file.scheme, file.hostname, file.port) == (home.scheme, home.hostname, home.port):
        return urllib.parse.urlunsplit(file._replace(netloc=home.netloc))
    return url


def fits(filename: str) -> bool:
    """Whether a wheel of this name runs on this system and processor."""
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine().lower())
    tags = filename.removesuffix(".whl").rsplit("-", 1)[-1].split(".")
    system = platform.system()
    for tag in tags:
        if system == "Linux" and tag.endswith(machine):
            if tag.startswith("musllinux") and musl():
                return True
            if tag.startswith("manylinux") and not musl() and _glibc() >= _manylinux(tag):
                return True
        if system == "Darwin" and tag.startswith("macosx"):
            return tag.endswith("arm64" if machine == "aarch64" else machine)
        if system == "Windows" and tag == "win_amd64":
            return machine == "x86_64"
    return False


def musl() -> bool:
    return "musl" in (sysconfig.get_config_var("HOST_GNU_TYPE") or "") or any(Path("/lib").glob("ld-musl-*"))


def _glibc() -> tuple[int, int]:
    found = re.match(r"(\d+)\.(\d+)", platform.libc_ver()[1])
    return (int(found[1]), int(found[2])) if found else (2, 17)


def _manylinux(tag: str) -> tuple[int, int]:
    found = re.match(r"manylinux_(\d+)_(\d+)_", tag)
    return (int(found[1]), int(found[2])) if found else (2, 17)


def fetch_wheel(package: str, pinned: Mapping[str, str], folder: Path) -> Path:
    """Download the pinned wheel for this machine. Raises BootstrapError when none fits, or its digest differs."""
    fitting = [name for name in pinned if fits(name)]
    if not fitting:
        raise BootstrapError(
            words(
                f"pas de {package} épinglé pour {platform.system()} {platform.machine()}",
                f"no pinned {package} for {platform.system()} {platform.machine()}",
            )
        )
    index = configured_index() or PYPI
    files = _files(index, package)
    for name in fitting:
        if name not in files:
            continue
        _, _, body = _open(_with_credentials(files[name], index), "*/*")
        if hashlib.sha256(body).hexdigest() != pinned[name]:
            raise BootstrapError(
                words(
                    f"{name}\N{NO-BREAK SPACE}: l’empreinte n’est pas celle attendue, fichier refusé",
                    f"{name}: not the expected digest, file refused",
                )
            )
        path = folder / name
        path.write_bytes(body)
        return path
    raise BootstrapError(words(f"l’index n’a pas {fitting[0]}", f"the index does not have {fitting[0]}"))


def unpack_script(wheel: Path, name: str, folder: Path) -> Path:
    """Take one program out of a wheel's scripts and make it runnable."""
    wanted = re.compile(rf"[^/]+\.data/scripts/{re.escape(name)}(\.exe)?")
    with zipfile.ZipFile(wheel) as archive:
        member = next((entry for entry in archive.namelist() if wanted.fullmatch(entry)), None)
        if member is None:
            raise BootstrapError(f"{wheel.name}: {name}?")
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / member.rsplit("/", 1)[-1]
        path.write_bytes(archive.read(member))
        path.chmod(0o755)
    wheel.unlink()
    return path
