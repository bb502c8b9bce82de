"""The walls between rooms: what import-linter cannot see. Each rule is shown to catch a fault planted for it."""

from pathlib import Path

import pytest

from tests.support import walls


def plant(tree: Path, **files: str) -> Path:
    """A tree of sources; `care__models` is `care/models.py`, `core__jinja2__core__page_html` a template."""
    for name, content in files.items():
        path = tree / (name.removesuffix("_html").replace("__", "/") + (".html" if name.endswith("_html") else ".py"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return tree


def told(faults: list[walls.Fault]) -> str:
    return "\n".join(map(str, faults))


def test_the_floors_are_those_of_the_guide_and_every_room_stands_on_one() -> None:
    assert walls.floors() == walls.floors_in_the_guide()
    assert walls.rooms() <= set(walls.floors())


def test_no_string_points_to_an_upper_room() -> None:
    assert not walls.strings_that_point_upward(), told(walls.strings_that_point_upward())


@pytest.mark.parametrize(
    "planted",
    [
        'patient = models.ForeignKey("billing.Invoice", on_delete=models.PROTECT)',
        'patients = models.ManyToManyField(to="care.Act")',
        'Invoice = apps.get_model("billing", "Invoice")',
        'Invoice = apps.get_model("billing.Invoice")',
        'url = reverse("billing:list")',
        'tab = RecordTab(key="x", url_name="care:chart")',
        'return redirect("agenda:day")',
        'template_name = "billing/list.html"',
        'services = import_module("cuspide.billing.services")',
        'url = f"billing:{name}"',
    ],
)
def test_a_planted_upward_string_is_caught(tmp_path: Path, planted: str) -> None:
    body = f"def planted(request):\n    {planted}\n"
    assert len(walls.strings_that_point_upward(plant(tmp_path / "up", patients__models=body))) == 1
    assert not walls.strings_that_point_upward(plant(tmp_path / "top", config__urls=body)), (
        "from the top it is no fault"
    )


def test_the_user_is_above_practice_and_below_patients(tmp_path: Path) -> None:
    body = "user = models.ForeignKey(settings.AUTH_USER_MODEL)\nUser = get_user_model()\n"
    tree = plant(tmp_path, practice__models=body, patients__models=body)
    assert [fault.path for fault in walls.strings_that_point_upward(tree)] == ["practice/models.py"] * 2


def test_a_planted_upward_migration_is_caught(tmp_path: Path) -> None:
    body = 'class Migration:\n    dependencies = [("billing", "0001_initial"), ("core", "0001_initial")]\n'
    body += '    choices = [("home", "Home"), ("billing", "Billing")]\n'
    faults = walls.strings_that_point_upward(plant(tmp_path, patients__migrations__0001_initial=body))
    assert [str(fault) for fault in faults] == [
        "patients/migrations/0001_initial.py:2: patients names billing, which is above it"
    ]


def relations() -> list[tuple[str, str, str]]:
    """Every foreign key of the running program, however it was written: its room, its name, the room it points to."""
    from django.apps import apps

    return [
        (model._meta.app_label, f"{model.__name__}.{field.name}", field.related_model._meta.app_label)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.related_model is not None
    ]


def test_no_relation_of_the_model_graph_points_upward() -> None:
    found = relations()
    assert len(found) > 30
    assert [relation for relation in found if walls.upward(relation[0], relation[2])] == []
    assert walls.upward("practice", "accounts")
    assert not walls.upward("patients", "patients")
    assert not walls.upward("allauth", "billing"), "what is not ours has no floor"


def test_words_in_a_docstring_point_nowhere(tmp_path: Path) -> None:
    tree = plant(tmp_path, core__registry='"""billing.services"""\n\ndef f():\n    "care/chart.html"\n')
    assert not walls.strings_that_point_upward(tree)


def test_no_template_points_to_an_upper_room() -> None:
    assert not walls.templates_that_point_upward(), told(walls.templates_that_point_upward())


@pytest.mark.parametrize(
    "planted",
    [
        "{{ url('billing:list') }}",
        '<a href="{{ url("care:chart", uuid=patient.uuid) }}">',
        '{% with day = today %}{% include "agenda/day.html" %}{% endwith %}',
        "{% extends 'patients/record.html' %}",
        "{{ tooth|in_words }}",
        "{{ jaw(patient) }}",
        "{% include 'billing/wide.html' if wide else 'core/narrow.html' %}",
    ],
)
def test_a_planted_upward_tag_is_caught(tmp_path: Path, planted: str) -> None:
    tools = 'FILTERS = {"in_words": str}\nFUNCTIONS = {"jaw": str}\n'
    tree = plant(tmp_path, core__jinja2__core__page_html=f"<p>\n{planted}\n", care__templating=tools)
    faults = walls.templates_that_point_upward(tree)
    assert [(fault.path, fault.line) for fault in faults] == [("core/jinja2/core/page.html", 2)]
    commented = plant(tmp_path / "c", core__jinja2__core__page_html=f"{{# {planted} #}}")
    assert not walls.templates_that_point_upward(commented)


def test_an_address_is_made_in_one_way() -> None:
    assert not walls.addresses_made_otherwise(), told(walls.addresses_made_otherwise())


@pytest.mark.parametrize(
    "planted",
    [
        "from django.urls import reverse",
        "from django.urls import path, reverse_lazy as later",
        "from django.shortcuts import resolve_url",
        "from django import urls\nplace = urls.reverse('billing:list')",
        "import django.urls\nplace = django.urls.reverse('billing:list')",
    ],
)
def test_a_planted_second_way_is_caught(tmp_path: Path, planted: str) -> None:
    tree = plant(tmp_path, billing__views=planted, core__pages__addresses=planted)
    assert [fault.path for fault in walls.addresses_made_otherwise(tree)] == ["billing/views.py"]


def test_a_list_may_be_turned_round(tmp_path: Path) -> None:
    assert not walls.addresses_made_otherwise(
        plant(tmp_path, billing__views="rows.reverse()\nrows.order_by().reverse()")
    )


def test_no_page_holds_inline_code() -> None:
    assert not walls.inline_code(), told(walls.inline_code())


@pytest.mark.parametrize(
    "planted",
    [
        "<script>alert(1)</script>",
        '<p class="a"\n   style="color: red">',
        "<style>p {}</style>",
        '<button onclick="go()">',
        '<a href="javascript:go()">',
        "{{ name|safe }}",
        "{% autoescape false %}",
        '<p hx-on:click="go()">',
        '<a href="/patients/new">',
    ],
)
def test_planted_inline_code_is_caught(tmp_path: Path, planted: str) -> None:
    tree = plant(tmp_path, core__jinja2__core__page_html=planted)
    assert len(walls.inline_code(tree)) == 1


def test_what_is_allowed_in_a_page_is_not_caught(tmp_path: Path) -> None:
    page = """<script src="{{ static('a.js') }}" defer></script><script type="application/json" id="x">{}</script>
    <a href="{{ url('core:home') }}" data-module="on" hx-get="{{ url }}"><a href="#top"><p>style = prose</p>"""
    assert not walls.inline_code(plant(tmp_path, core__jinja2__core__page_html=page))


def test_markup_made_in_python_holds_no_inline_style(tmp_path: Path) -> None:
    allowed = """tag = '<script type="module" src="{}"></script>'\n"""
    tree = plant(tmp_path, care__drawing="svg = '<path style=\"fill: red\">'\n", core__tags=allowed)
    assert told(walls.inline_code(tree)) == "care/drawing.py:1: inline style or script in markup"


def test_rows_are_held_in_one_way() -> None:
    assert not walls.holds_rows_otherwise(), told(walls.holds_rows_otherwise())


def test_a_planted_second_way_to_hold_rows_is_caught(tmp_path: Path) -> None:
    planted = "row = Chair.objects.select_for_update().get(pk=1)"
    tree = plant(tmp_path, agenda__models=planted, core__db__locks=planted)
    assert [fault.path for fault in walls.holds_rows_otherwise(tree)] == ["agenda/models.py"]


def test_only_the_clock_asks_the_time() -> None:
    assert not walls.asks_the_time(), told(walls.asks_the_time())


@pytest.mark.parametrize(
    "planted",
    [
        "day = datetime.date.today()",
        "instant = dt.datetime.now(dt.UTC)",
        "made = models.DateTimeField(default=timezone.now)",
        "made = models.DateTimeField(auto_now_add=True)",
        "from time import time",
        "seconds = time.time()",
        "from django.db.models.functions import Now",
    ],
)
def test_a_planted_look_at_the_clock_is_caught(tmp_path: Path, planted: str) -> None:
    tree = plant(tmp_path, agenda__models=planted, core__clock=planted)
    assert [fault.path for fault in walls.asks_the_time(tree)] == ["agenda/models.py"]


def test_measuring_a_duration_is_no_look_at_the_clock(tmp_path: Path) -> None:
    tree = plant(tmp_path, core__jobs="start = time.monotonic()\nspent = time.perf_counter()\ntime.sleep(1)\n")
    assert not walls.asks_the_time(tree)


def test_formats_reach_neither_disk_nor_terminal(tmp_path: Path) -> None:
    assert not walls.impure_formats(), told(walls.impure_formats())
    tree = plant(tmp_path, formats__b2="data = open('x').read()\nprint(data)\n", core__blobs="open('x')\n")
    assert {fault.what for fault in walls.impure_formats(tree)} == {"formats calls open()", "formats calls print()"}


def test_no_file_is_too_long_to_read() -> None:
    assert not walls.long_files(), told(walls.long_files())


def test_a_planted_long_file_is_caught(tmp_path: Path) -> None:
    (tmp_path / "src/static").mkdir(parents=True)
    for name, lines in (("a.py", 501), ("b.ts", 500), ("c.html", 501), ("static/built.css", 900)):
        (tmp_path / "src" / name).write_text("x\n" * lines)
    assert [fault.path for fault in walls.long_files(tmp_path)] == ["src/a.py", "src/c.html"]
