"""Every use of the practice's key says what becomes of it when the key is changed."""

import ast
from pathlib import Path

import pytest

import cuspide
from cuspide.core import keystore
from cuspide.core.keys.uses import Exchange, Fate, uses

SOURCE = Path(cuspide.__file__).parent
_DERIVING = {"derive": 0, "derived": 1}


def _constants(trees: dict[Path, ast.Module]) -> dict[str, set[str]]:
    """Names given to texts at the top of modules: a label may be called by its name."""
    found: dict[str, set[str]] = {}
    for tree in trees.values():
        for node in tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                for target in node.targets:
                    if isinstance(target, ast.Name) and isinstance(node.value.value, str):
                        found.setdefault(target.id, set()).add(node.value.value)
    return found


def _own(tree: ast.Module, name: str) -> str | None:
    return next(
        (
            str(node.value.value)
            for node in tree.body
            if isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Constant)
            and any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
        ),
        None,
    )


def labels(trees: dict[Path, ast.Module]) -> set[str]:
    """Labels for which the source derives a key; what cannot be told is found as it is written."""
    found = set()
    for path, tree in trees.items():
        for call in ast.walk(tree):
            if not isinstance(call, ast.Call):
                continue
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            place = _DERIVING.get(name)
            if place is None or path.name == "keystore.py" or "nomenclature" in path.parts:
                continue
            argument = call.args[place] if len(call.args) > place else None
            if isinstance(argument, ast.Constant):
                found.add(str(argument.value))
            elif isinstance(argument, ast.Name) and argument.id != "label":
                found.add(_own(tree, argument.id) or argument.id)
            elif isinstance(argument, ast.Attribute):
                found.add(next(iter(_constants(trees).get(argument.attr, {argument.attr}))))
    return found


def test_every_label_of_the_source_says_what_a_change_of_key_does() -> None:
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in SOURCE.rglob("*.py")}
    found = labels(trees) | {"id", "blobs"}  # these two the keystore derives itself
    declared = {use.key for use in uses}
    assert len(found) > 10, "the search itself still finds labels"
    assert sorted(found - declared) == [], "say in the room's hooks.py what a change of key does: uses.add(KeyUse(…))"
    assert sorted(declared - found) == [], "nothing derives these any more"


def test_a_planted_label_is_found() -> None:
    planted = {
        Path("a.py"): ast.parse('keystore.derive("planted")'),
        Path("b.py"): ast.parse('NAME = "named"\nkeystore.derived(master, NAME)'),
    }
    assert labels(planted) == {"planted", "named"}


def test_what_is_made_again_or_kept_says_how() -> None:
    """Of what lies in the store itself a function makes it again; the others are files, which the change makes."""
    by_files = {"id", "store", "tls", "retired"}
    for use in uses:
        assert use.why
        if use.fate is Fate.REMADE and use.key not in by_files:
            assert use.remake is not None, use.key


@pytest.mark.parametrize("label", ["store", "audit"])
def test_an_exchange_knows_both_keys(label: str) -> None:
    exchange = Exchange(bytes(32), bytes(31) + b"\x01")
    assert exchange.old(label) == keystore.derived(bytes(32), label) != exchange.new(label)
