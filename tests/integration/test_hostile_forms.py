"""Every form of every page, sent with what no browser would send: refused with a sentence, never an error of the
program. PostgreSQL refuses NUL in a text, SQLite a number of twenty digits, Python a year without a day before it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.http import QueryDict

from tests.integration.world import Sweep, World, ask, every
from tests.support.forms import Form, forms_of

UUID_OR_NUMBER = re.compile(r"[0-9a-f-]{36}|\d+")
# One at a time in every field, and all fields at once.
HOSTILE = {
    "nul": "a\x00b",
    "null letter alone": "\x00",
    "empty": "",
    "long": "x" * 100_000,
    "digits": "9" * 400,
    "more digits than Python reads": "9" * 5_000,
    "minus": "-1",
    "not a number": "NaN",
    "exponent": "1e400",
    "digits of another script": "١٢٣",
    "first day": "0001-01-01",
    "first day in French": "01/01/0001",
    "last day": "9999-12-31",
    "last day in French": "31/12/9999",
    "marks": "e" + "\u0301" * 3_000,
    "other way": "\u202egro.live\u202c\u2028\u2029\ufeff",
    "sql": "' OR 1=1 -- %_\\",
    "markup": '<script>alert(1)</script>{{7*7}}{% x %}#eval("1")',
    "nowhere": "0195f0a0-c1d2-7cc3-8000-00000000dead",
    "list": "[]",
    "beyond": "2147483648",
    "far beyond": "9223372036854775808",
    "minutes": "25:61",
}
ALONE = ("nul", "digits", "more digits than Python reads", "first day", "first day in French", "last day",
         "last day in French", "nowhere", "empty", "beyond", "far beyond", "minus")  # fmt: skip


def _forms(world: World) -> list[Form]:
    found: dict[Any, Form] = {}
    for _address, path in every(world):
        answer = ask(world, "owner", "GET", path)
        if "text/html" not in answer.headers.get("Content-Type", ""):
            continue
        for form in forms_of(answer.content.decode(), path):
            if "sign-out" not in form.action:
                found.setdefault((UUID_OR_NUMBER.sub("-", form.action), *sorted(form.fields)), form)
    return list(found.values())


def _send(world: World, form: Form, fields: dict[str, list[str]], **headers: str) -> Any:
    data = QueryDict(mutable=True)
    for name, values in fields.items():
        data.setlist(name, values)
    return ask(world, "owner", "POST", form.action, dict(data.lists()), **headers)


@pytest.mark.slow
@pytest.mark.timeout(2000)
def test_no_form_can_be_sent_so_that_the_program_fails(
    world: World, sweep: Sweep, note_figure: Callable[..., None], store_name: str
) -> None:
    forms = _forms(world)
    assert len(forms) >= 25, "the pages have forms"
    trials = [(form, "", what) for form in forms for what in HOSTILE]
    trials += [(form, name, what) for form in forms for name in form.fields for what in ALONE]
    faults = []
    for form, name, what in sweep.some(trials, 25):
        where = f"{UUID_OR_NUMBER.sub('-', form.action)}: {name or 'all'} {what}"
        value = HOSTILE[what]
        answer = _send(world, form, form.sent_with({name: value}) if name else {each: [value] for each in form.fields})
        if answer.status_code >= 500:
            faults.append(f"{where}: {answer.status_code}")
        if "<script>alert(1)" in answer.content.decode("utf-8", errors="replace"):
            faults.append(f"{where}: markup comes back as markup")
    note_figure("hostile forms", store=store_name, forms=len(forms), trials=len(trials), failures=len(faults))
    assert not faults, "\n".join(faults)
