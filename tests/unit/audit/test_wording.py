"""The owner reads the trace in words: every action that the program records has some."""

import ast
from pathlib import Path

import cuspide
from cuspide.audit import naming

SOURCE = Path(cuspide.__file__).parent
ROOMS = {path.parent.name for path in SOURCE.glob("*/apps.py")}


def recorded(tree: ast.AST) -> set[str]:
    """Literal actions given to `trail.record` and `trail.reading`, or to a room's own function that calls them."""
    writers = {"record", "reading"} | _own(tree)
    return {
        argument.value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and _name(call.func) in writers
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
        if argument.value.split(".")[0] in ROOMS and argument.value.count(".") == 1
    }


def _own(tree: ast.AST) -> set[str]:
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and "trace" in node.name}


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def test_every_action_of_the_program_has_words() -> None:
    found = set[str]()
    for path in SOURCE.rglob("*.py"):
        found |= recorded(ast.parse(path.read_text(encoding="utf-8")))
    assert len(found) > 20, "the search itself still finds actions"
    assert sorted(found - set(naming.actions())) == [], "say them in the room's hooks.py: naming.say({...})"


def test_a_planted_action_without_words_is_found() -> None:
    assert recorded(ast.parse('trail.record(actor, "care.planted", subject=act)')) == {"care.planted"}


def readings(tree: ast.AST) -> set[str]:
    """Literal actions given to `trail.reading`."""
    return {
        argument.value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and _name(call.func) == "reading"
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }


def test_what_only_shows_is_not_told_to_a_patient_as_a_change() -> None:
    found = set[str]()
    for path in SOURCE.rglob("*.py"):
        found |= readings(ast.parse(path.read_text(encoding="utf-8")))
    told = {action for action in found if action.split(".")[0] in naming.matters}
    assert len(told) > 10, "the search itself still finds readings"
    assert sorted(action for action in told if not naming.only_shows(action)) == [], "add them to the room's Matter"
    assert not naming.only_shows("patients.change")
    unknown = {f"{one.key}.{verb}" for one in naming.matters for verb in one.shows} - set(naming.actions())
    assert not unknown, "no action of this name has words"
