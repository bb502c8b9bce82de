"""Reads the sources for what import-linter cannot see: strings and templates that point to an upper floor.

Every rule is a function from a tree (`src/cuspide`, or a planted one) to the list of its faults, so that each can be
shown to catch one.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, nodes

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "cuspide"
LONGEST_FILE = 500


@dataclass(frozen=True)
class Fault:
    path: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"


def floors() -> list[str]:
    """The rooms from the top floor down, as import-linter holds them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contract = next(c for c in project["tool"]["importlinter"]["contracts"] if c["type"] == "layers")
    return [layer.strip("()") for layer in contract["layers"]]


def floors_in_the_guide() -> list[str]:
    """The same list as docs/development/rooms.md gives it."""
    guide = (ROOT / "docs/development/rooms.md").read_text(encoding="utf-8")
    found = re.search(r"From the top: `([^`]+)`", guide)
    return found[1].split() if found else []


HEIGHT = {room: -depth for depth, room in enumerate(floors())}


def rooms(source: Path = SOURCE) -> set[str]:
    """Folders of the tree that hold code."""
    return {path.name for path in source.iterdir() if path.is_dir() and any(path.rglob("*.py"))}


def upward(room: str, target: str) -> bool:
    return target in HEIGHT and room in HEIGHT and HEIGHT[target] > HEIGHT[room]


def _python(source: Path) -> Iterator[tuple[Path, str, ast.Module]]:
    for path in sorted(source.rglob("*.py")):
        parts = path.relative_to(source).parts
        if len(parts) > 1:
            yield path, parts[0], ast.parse(path.read_text(encoding="utf-8"), str(path))


def _templates(source: Path) -> Iterator[tuple[Path, str, str]]:
    for path in sorted(source.rglob("*.html")):
        # A comment points nowhere; its line breaks stay, so that line numbers hold.
        text = path.read_text(encoding="utf-8")
        text = re.sub(r"{#.*?#}", lambda comment: "\n" * comment[0].count("\n"), text, flags=re.DOTALL)
        yield path, path.relative_to(source).parts[0], text


# --- strings in Python ------------------------------------------------------------------------------------------

# "billing.Invoice", "billing:list", "billing/list.html", "cuspide.billing.services"
_NAME = re.compile(r"(?:cuspide\.)?(?P<room>[a-z_]+)[.:/][A-Za-z_][\w./:-]*")
_PREFIX = re.compile(r"(?:cuspide\.)?(?P<room>[a-z_]+)[.:/]")
_MIGRATION = re.compile(r"\d{4}_\w+|__(first|latest)__")
_TWO_WORD_CALLS = {"get_model", "get_app_config", "swappable_dependency"}


def _docstrings(tree: ast.AST) -> set[int]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            found.add(id(node.value))
    return found


def strings_that_point_upward(source: Path = SOURCE, user_room: str = "accounts") -> list[Fault]:
    """Model names, url names, template names, dotted paths and migration dependencies of an upper room."""
    faults = []
    for path, room, tree in _python(source):
        docstrings = _docstrings(tree)
        for node in ast.walk(tree):
            target = None if id(node) in docstrings else _named_room(node, user_room)
            if target and upward(room, target):
                line = getattr(node, "lineno", 0)
                faults.append(Fault(_shown(path, source), line, f"{room} names {target}, which is above it"))
    return faults


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _named_room(node: ast.AST, user_room: str) -> str | None:
    """The room a node names by a string, or by way of the user model."""
    if isinstance(node, ast.Constant):
        named = _NAME.fullmatch(_text(node))
        return named["room"] if named else None
    if isinstance(node, ast.JoinedStr) and node.values:
        named = _PREFIX.match(_text(node.values[0]))
        return named["room"] if named else None
    if isinstance(node, ast.Attribute):
        return user_room if node.attr == "AUTH_USER_MODEL" else None
    if isinstance(node, ast.Tuple):
        return _text(node.elts[0]) if len(node.elts) == 2 and _MIGRATION.fullmatch(_text(node.elts[1])) else None
    if isinstance(node, ast.Call):
        if _called(node) == "get_user_model":
            return user_room
        return _text(node.args[0]) if _called(node) in _TWO_WORD_CALLS and node.args else None
    return None


def _called(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _shown(path: Path, source: Path) -> str:
    return str(path.relative_to(source))


# --- templates --------------------------------------------------------------------------------------------------

_ENGINE = Environment(autoescape=True, extensions=["jinja2.ext.i18n"])
_ROOM = re.compile(r"(?P<room>[a-z_]+)[:/]")


def _tools(source: Path) -> dict[str, str]:
    """What the rooms' modules `templating` give to templates, and the room of each."""
    return {
        key.value: room
        for path, room, tree in _python(source)
        if path.name == "templating.py"
        for node in tree.body
        if isinstance(node, ast.Assign) and _tail(node.targets[0]) in {"FILTERS", "FUNCTIONS"}
        for key in getattr(node.value, "keys", [])
        if isinstance(key, ast.Constant)
    }


def _named_in(tree: nodes.Template, tools: dict[str, str]) -> Iterator[tuple[int, str, str]]:
    """Line, how and room of whatever a template names: other templates, pages, filters and functions."""
    for node in tree.find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport, nodes.Call)):
        if isinstance(node, nodes.Call) and getattr(node.node, "name", "") != "url":
            continue
        for text in node.find_all(nodes.Const):
            named = _ROOM.match(text.value) if isinstance(text.value, str) else None
            if named:
                yield text.lineno, "points to", named["room"]
    for used in tree.find_all((nodes.Filter, nodes.Name)):
        if used.name in tools and getattr(used, "ctx", "load") == "load":
            yield used.lineno, f"uses {used.name} of", tools[used.name]


def templates_that_point_upward(source: Path = SOURCE) -> list[Fault]:
    """Pages, templates, filters and functions of an upper room."""
    tools = _tools(source)
    return [
        Fault(_shown(path, source), line, f"{room} {how} {target}, which is above it")
        for path, room, text in _templates(source)
        for line, how, target in _named_in(_ENGINE.parse(text), tools)
        if upward(room, target)
    ]


_INLINE = [
    (re.compile(r"<script(?![^>]*\ssrc=)(?![^>]*type=[\"']application/json)[^>]*>", re.I), "inline script"),
    (re.compile(r"<style[\s>]", re.I), "inline style sheet"),
    (re.compile(r"<[^>]*\sstyle\s*=", re.I | re.S), "style attribute"),
    (re.compile(r"<[a-z][^>]*\son[a-z]+\s*=\s*[\"']", re.I | re.S), "event handler attribute"),
    (re.compile(r"javascript:", re.I), "javascript: address"),
    (re.compile(r"\|\s*safe\b|{%-?\s*autoescape\s+false"), "unescaped value"),
    (re.compile(r"\shx-(?:on|vals=['\"]js:)", re.I), "script in an htmx attribute"),
    (re.compile(r"\b(?:href|action|hx-(?:get|post|put|patch|delete))\s*=\s*[\"']/[a-z]", re.I), "address by hand"),
]


def inline_code(source: Path = SOURCE) -> list[Fault]:
    """What the Content-Security-Policy would refuse, and values or addresses that escape Django's care."""
    faults = []
    for path, _room, text in _templates(source):
        for pattern, what in _INLINE:
            for found in pattern.finditer(text):
                line = text.count("\n", 0, found.start()) + 1
                faults.append(Fault(_shown(path, source), line, what))
    for path, _room, tree in _python(source):
        docstrings = _docstrings(tree)
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Constant) and isinstance(node.value, str)) or id(node) in docstrings:
                continue
            if re.search(r"\sstyle=[\"']|<script(?![^>]*\ssrc=)|<style[\s>]|\son[a-z]+=[\"']", node.value):
                faults.append(Fault(_shown(path, source), node.lineno, "inline style or script in markup"))
    return faults


# --- addresses ----------------------------------------------------------------------------------------------------

_OTHER_WAYS = {"reverse", "reverse_lazy", "resolve_url"}


def addresses_made_otherwise(source: Path = SOURCE) -> list[Fault]:
    """Anything but core/pages/addresses.py that makes an address by Django's own means."""
    faults = []
    for path, _room, tree in _python(source):
        if _shown(path, source) == "core/pages/addresses.py":
            continue
        for node in ast.walk(tree):
            named: set[str] = set()
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("django"):
                named = {one.name for one in node.names}
            elif isinstance(node, ast.Attribute) and _tail(node.value) in {"urls", "base", "shortcuts"}:
                named = {node.attr}
            faults += [
                Fault(
                    _shown(path, source), getattr(node, "lineno", 0), f"{name} instead of core.pages.addresses.address"
                )
                for name in sorted(named & _OTHER_WAYS)
            ]
    return faults


# --- time, length -----------------------------------------------------------------------------------------------

_TIME_CALLS = {
    ("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"),
    ("timezone", "now"), ("timezone", "localdate"), ("timezone", "localtime"),
    ("time", "time"), ("time", "time_ns"), ("time", "localtime"), ("time", "gmtime"), ("time", "ctime"),
}  # fmt: skip
_TIME_IMPORTS = {("time", "time"), ("time", "time_ns"), ("django.utils.timezone", "now")}
_TIME_OPTIONS = {"auto_now", "auto_now_add"}


def _tail(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def holds_rows_otherwise(source: Path = SOURCE) -> list[Fault]:
    """Anything but core/db/locks.py that holds rows."""
    return [
        Fault(_shown(path, source), node.lineno, f"{room} holds rows by select_for_update: use core.db.locks")
        for path, room, tree in _python(source)
        if _shown(path, source) != "core/db/locks.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "select_for_update"
    ]


def asks_the_time(source: Path = SOURCE) -> list[Fault]:
    """Anything but core/clock.py that looks at the machine's clock. Durations (monotonic, perf_counter) are free."""
    faults = []
    for path, room, tree in _python(source):
        if _shown(path, source) == "core/clock.py":
            continue
        for node in ast.walk(tree):
            what = ""
            if isinstance(node, ast.Attribute) and (_tail(node.value), node.attr) in _TIME_CALLS:
                what = f"{_tail(node.value)}.{node.attr}"
            elif isinstance(node, ast.ImportFrom):
                taken = [alias.name for alias in node.names if (node.module, alias.name) in _TIME_IMPORTS]
                if node.module == "django.db.models.functions":
                    taken += [alias.name for alias in node.names if alias.name == "Now"]
                what = ", ".join(taken)
            elif isinstance(node, ast.keyword) and node.arg in _TIME_OPTIONS:
                what = node.arg or ""
            if what:
                line = getattr(node, "lineno", getattr(getattr(node, "value", None), "lineno", 0))
                faults.append(Fault(_shown(path, source), line, f"{room} asks the time by {what}: use core.clock"))
    return faults


_DISK_CALLS = {"open", "print", "input", "exec", "eval", "__import__"}


def impure_formats(source: Path = SOURCE) -> list[Fault]:
    """Built-in functions that reach the disk or the terminal need no import, so import-linter misses them."""
    return [
        Fault(_shown(path, source), node.lineno, f"formats calls {_called(node)}()")
        for path, room, tree in _python(source)
        if room == "formats"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and _called(node) in _DISK_CALLS
    ]


_COUNTED = {".py", ".html", ".css", ".ts", ".js", ".typ", ".sh"}
_NOT_OURS = {"node_modules", ".venv", ".git", ".cache", ".demo", ".bench", "static", "fonts", "build", "dist"}


def long_files(root: Path = ROOT) -> list[Fault]:
    """Files a reader would not read to the end."""
    faults = []
    for folder in ("src", "tests", "bin", "bench", "frontend"):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix not in _COUNTED or _NOT_OURS.intersection(path.relative_to(root).parts):
                continue
            lines = path.read_text(encoding="utf-8").count("\n")
            if lines > LONGEST_FILE:
                faults.append(Fault(str(path.relative_to(root)), lines, f"more than {LONGEST_FILE} lines"))
    return faults
