"""The chart and the acts in the record, by plain forms and by htmx, for each role."""

import datetime as dt
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from cuspide.care import services
from cuspide.care.models import Act, Finding
from cuspide.core import clock
from cuspide.core.rights import Role

pytestmark = pytest.mark.django_db

HTMX = {"HTTP_HX_REQUEST": "true"}
Clients = Callable[..., Any]


def chart(patient: Any, query: str = "") -> str:
    return reverse("care:chart", args=[patient.uuid]) + query


def test_the_dentist_notes_a_caries_and_enters_the_filling(client_as: Clients, patient: Any) -> None:
    client = client_as(Role.DENTIST)
    page = client.get(chart(patient, "?at=16MO"))
    assert page.status_code == 200
    assert 'id="odo-16M"' in page.text
    noted = client.post(
        reverse("care:record_findings", args=[patient.uuid]),
        {"at": "16MO", "kind": "caries", "submission": uuid.uuid4()},
    )
    assert noted.status_code == 303
    page = client.get(noted["Location"])
    assert "carie mésiale et occlusale" in page.text
    assert "HBMD049" in page.text
    done = client.post(
        reverse("care:add_act", args=[patient.uuid]),
        {"from": "chart", "at": "16MO", "code": "HBMD049", "surfaces": "MO", "state": "done"},
    )
    assert done.status_code == 303
    [act] = Act.objects.filter(patient=patient)
    assert (act.teeth, act.surfaces, act.state) == ("16", "MO", "done")
    page = client.get(reverse("care:acts", args=[patient.uuid])).text
    for amount in ("52,00", "31,20", "20,80", "0,00"):
        assert amount in page


def test_a_form_sent_twice_makes_one_record(client_as: Clients, patient: Any) -> None:
    client, key = client_as(Role.DENTIST), str(uuid.uuid4())
    for _time in range(3):
        client.post(
            reverse("care:record_findings", args=[patient.uuid]), {"at": "16M", "kind": "caries", "submission": key}
        )
    assert Finding.objects.filter(patient=patient).count() == 1
    key = str(uuid.uuid4())
    for _time in range(3):
        client.post(
            reverse("care:add_act", args=[patient.uuid]), {"code": "HBJD001", "state": "done", "submission": key}
        )
    assert Act.objects.filter(patient=patient).count() == 1


def test_the_next_entry_on_the_same_board_is_another_one(client_as: Clients, patient: Any) -> None:
    """The forms of an answer carry names of their own."""
    client, key = client_as(Role.DENTIST), str(uuid.uuid4())
    answer = client.post(
        reverse("care:record_findings", args=[patient.uuid]),
        {"at": "16M", "kind": "caries", "submission": key},
        **HTMX,
    )
    assert answer.status_code == 200
    assert key not in answer.text
    assert "<html" not in answer.text


@pytest.mark.parametrize(
    ("line", "kinds", "codes"),
    [
        ("16 mo c", ["caries"], []),
        ("36 x", ["extraction"], []),
        ("11 k", ["crown"], []),
        ("14-16 b", ["bridge_abutment", "bridge_pontic", "bridge_abutment"], []),
        ("16 mo", [], []),
        ("détartrage", [], ["HBJD001"]),
        ("hbqk002", [], ["HBQK002"]),
        ("46 HBFD008", [], ["HBFD008"]),
        ("46 Couronne métallique", [], ["HBLD038"]),
    ],
)
def test_the_quick_line(client_as: Clients, patient: Any, line: str, kinds: list[str], codes: list[str]) -> None:
    answer = client_as(Role.DENTIST).post(reverse("care:line", args=[patient.uuid]), {"line": line})
    assert answer.status_code == 303, answer.text[:400]
    assert [finding.kind for finding in Finding.objects.filter(patient=patient)] == kinds
    assert [act.code for act in Act.objects.filter(patient=patient)] == codes


@pytest.mark.parametrize(
    ("line", "place", "state"),
    [
        ("HBMD049 16 mo fait", "16\u00a0MO", "done"),
        ("16 mo HBMD049 FAITE", "16\u00a0MO", "done"),
        ("HBMD049 16 mo", "16\u00a0MO", "planned"),
        ("détartrage fait", "", "done"),
    ],
)
def test_an_act_that_was_just_done_is_recorded_from_the_line(
    client_as: Clients, patient: Any, line: str, place: str, state: str
) -> None:
    client = client_as(Role.DENTIST)
    answer = client.post(reverse("care:line", args=[patient.uuid]), {"line": line})
    assert answer.status_code == 303, answer.text[:400]
    act = Act.objects.get(patient=patient)
    assert (act.place, act.state) == (place, state)
    assert act.done_on == (clock.today() if state == "done" else None)


def test_the_choice_beside_the_line_is_kept_and_a_finding_does_not_follow_it(client_as: Clients, patient: Any) -> None:
    client, address = client_as(Role.DENTIST), reverse("care:line", args=[patient.uuid])
    told = client.post(address, {"line": "détartrage", "acts": "done"}, **HTMX).text
    assert "Fait aujourd’hui\u00a0:" in told
    assert Act.objects.get(patient=patient).state == "done"
    assert 'value="done" checked' in client.get(chart(patient)).text
    client.post(address, {"line": "16 mo c", "acts": "done"})
    assert Finding.objects.get(patient=patient).status != "done"
    client.post(address, {"line": "46 HBFD008 +", "acts": "done"})
    assert Act.objects.get(code="HBFD008").state == "planned", "the line itself says that it is to do"
    client.post(address, {"line": "hbqk002", "acts": "planned"})
    assert 'value="planned" checked' in client.get(chart(patient)).text


def test_who_may_only_plan_records_nothing_as_done(client_as: Clients, patient: Any) -> None:
    client, address = client_as(Role.ASSISTANT), reverse("care:line", args=[patient.uuid])
    refused = client.post(address, {"line": "HBMD049 16 mo fait"})
    assert refused.status_code == 422
    assert "Seuls ceux qui soignent" in refused.text
    assert not Act.objects.filter(patient=patient).exists()
    client.post(address, {"line": "HBMD049 16 mo", "acts": "done"})
    assert Act.objects.get(patient=patient).state == "planned", "a forged choice gives no right"


@pytest.mark.parametrize("line", ["99 c", "16 qqq", "16 mm c", "x" * 4000, "19-88 c", "<script>", "\x00", "16 c; 17 c"])
def test_a_line_that_says_nothing_is_kept_with_the_reason(client_as: Clients, patient: Any, line: str) -> None:
    answer = client_as(Role.DENTIST).post(reverse("care:line", args=[patient.uuid]), {"line": line})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert "<script>" not in answer.text
    assert not Finding.objects.filter(patient=patient).exists()
    if len(line) < 100 and line.isprintable() and "<" not in line:
        assert f'value="{line}"' in answer.text


def test_the_mouth_on_a_past_day_is_read_and_not_written(client_as: Clients, actors: Any, patient: Any) -> None:
    before = clock.today() - dt.timedelta(days=40)
    services.record_finding(actors.dentist, patient, "16", "caries", surfaces="O", observed_at=before)
    services.record_finding(actors.dentist, patient, "16", "filling", surfaces="O")
    client = client_as(Role.DENTIST)
    past = client.get(chart(patient, f"?at=16&on={before.isoformat()}")).text
    assert "carie occlusale" in past
    assert 'name="kind"' not in past
    assert "restauration occlusale" in client.get(chart(patient, "?at=16")).text


@pytest.mark.parametrize(
    "query",
    ["?at=99", "?at=" + "16" * 4000, "?on=yesterday", "?on=0000-00-00", "?on=9999-12-31", "?dentition=fish", "?at=%00"],
)
def test_nonsense_in_the_address_shows_the_chart(client_as: Clients, patient: Any, query: str) -> None:
    assert client_as(Role.DENTIST).get(chart(patient, query)).status_code == 200


def test_a_child_is_shown_milk_teeth(client_as: Clients, make_patient: Any, nomenclature: Any) -> None:
    born = clock.today() - dt.timedelta(days=365 * 4)
    child = make_patient(birth_date=born.strftime("%d/%m/%Y"))
    page = client_as(Role.DENTIST).get(chart(child)).text
    assert 'id="odo-55"' in page
    assert 'id="odo-16"' not in page
    assert 'id="odo-16"' in client_as(Role.DENTIST).get(chart(child, "?dentition=mixed")).text


def test_a_finding_is_corrected_and_the_error_stays_readable(client_as: Clients, actors: Any, patient: Any) -> None:
    finding = services.record_finding(actors.dentist, patient, "16", "caries", surfaces="M")
    client = client_as(Role.ASSISTANT)
    address = reverse("care:correct_finding", args=[patient.uuid, finding.uuid])
    fields = {"tooth": "17", "surfaces": "mo", "kind": "caries", "status": "existing", "note": "relu"}
    assert client.post(address, fields).status_code == 303
    again = client.post(address, fields)
    assert again.status_code == 409
    assert Finding.objects.filter(patient=patient).count() == 2
    page = client.get(chart(patient, "?at=16")).text
    assert "corrigé" in page


def test_a_correction_with_an_error_keeps_what_was_typed(client_as: Clients, actors: Any, patient: Any) -> None:
    finding = services.record_finding(actors.dentist, patient, "16", "caries", surfaces="M")
    answer = client_as(Role.DENTIST).post(
        reverse("care:correct_finding", args=[patient.uuid, finding.uuid]),
        {"tooth": "99", "surfaces": "MOD", "kind": "caries", "status": "existing", "note": "à revoir"},
    )
    assert answer.status_code == 422
    for typed in ('value="99"', 'value="MOD"', 'value="à revoir"'):
        assert typed in answer.text


def test_what_belongs_to_another_patient_is_not_there(
    client_as: Clients, actors: Any, patient: Any, other_patient: Any, new_act: Any
) -> None:
    theirs = services.record_finding(actors.dentist, other_patient, "16", "caries", surfaces="M")
    their_act = services.add_act(actors.dentist, other_patient, new_act("HBJD001"))
    client = client_as(Role.DENTIST)
    for name, public in (("finding", theirs.uuid), ("act", their_act.uuid)):
        assert client.get(reverse(f"care:{name}", args=[patient.uuid, public])).status_code == 404
    for name, public in (("void_finding", theirs.uuid), ("void_act", their_act.uuid), ("complete_act", their_act.uuid)):
        answer = client.post(reverse(f"care:{name}", args=[patient.uuid, public]), {"reason": "x", "version": 1})
        assert answer.status_code == 404
    theirs.refresh_from_db()
    assert theirs.voided_at is None


@pytest.mark.parametrize("role", [Role.BOOKKEEPER, Role.TECHNICIAN])
def test_a_role_without_care_is_refused_before_anything_is_looked_up(
    client_as: Clients, patient: Any, role: Role
) -> None:
    client = client_as(role)
    for name in ("chart", "panel", "acts"):
        known = client.get(reverse(f"care:{name}", args=[patient.uuid]))
        unknown = client.get(reverse(f"care:{name}", args=[uuid.uuid4()]))
        assert known.status_code == unknown.status_code == 403


def test_the_secretary_reads_and_writes_nothing(client_as: Clients, actors: Any, patient: Any) -> None:
    services.record_finding(actors.dentist, patient, "16", "caries", surfaces="M")
    client = client_as(Role.SECRETARY)
    page = client.get(chart(patient, "?at=16")).text
    assert "carie mésiale" in page
    assert 'name="kind"' not in page
    for name in ("record_findings", "line", "add_act", "search_acts"):
        known = client.post(reverse(f"care:{name}", args=[patient.uuid]), {"at": "16", "kind": "caries"})
        unknown = client.post(reverse(f"care:{name}", args=[uuid.uuid4()]), {"at": "16", "kind": "caries"})
        assert known.status_code == unknown.status_code == 403
    assert Finding.objects.count() == 1


def test_the_assistant_plans_and_does_not_complete(client_as: Clients, patient: Any) -> None:
    client = client_as(Role.ASSISTANT)
    address = reverse("care:add_act", args=[patient.uuid])
    assert client.post(address, {"code": "HBJD001", "state": "planned"}).status_code == 303
    assert client.post(address, {"code": "HBJD001", "state": "done"}).status_code == 403
    [act] = Act.objects.all()
    complete = reverse("care:complete_act", args=[patient.uuid, act.uuid])
    assert client.post(complete, {"version": act.version}).status_code == 403


def test_a_planned_act_is_done_from_the_chart(client_as: Clients, patient: Any) -> None:
    client = client_as(Role.DENTIST)
    told = client.post(reverse("care:line", args=[patient.uuid]), {"line": "détartrage"}, **HTMX).text
    [act] = Act.objects.all()
    complete = reverse("care:complete_act", args=[patient.uuid, act.uuid])
    assert complete in told, "what the line planned is shown with its button"
    sent = {"version": act.version, "from": "chart", "at": "16MO"}
    board = client.post(complete, sent, **HTMX)
    assert 'id="chart"' in board.text
    assert 'data-focus="odo-16"' in board.text
    assert complete not in board.text
    act.refresh_from_db()
    assert act.state == "done"
    again = client.post(complete, sent, **HTMX)
    assert again.status_code in {409, 422}
    assert 'role="alert"' in again.text
    assert client.post(complete, {"version": "x", "from": "chart", "at": "<9>"}).status_code in {409, 422}


@pytest.mark.parametrize("name", ["care:chart", "care:acts"])
def test_the_record_is_lit_in_the_rail(client_as: Clients, patient: Any, name: str) -> None:
    page = client_as(Role.DENTIST).get(reverse(name, args=[patient.uuid])).text
    lit = [link for link in page.split("<a ") if link.startswith('class="rail-link"') and "aria-current" in link]
    assert len(lit) == 1
    assert reverse("patients:list") in lit[0]


def test_an_act_is_found_by_words_with_its_price(client_as: Clients, patient: Any) -> None:
    answer = client_as(Role.DENTIST).post(
        reverse("care:search_acts", args=[patient.uuid]), {"text": "detartrage", "from": "acts"}, **HTMX
    )
    assert "HBJD001" in answer.text
    for amount in ("28,92", "17,35", "11,57"):
        assert amount in answer.text
    by_reload = client_as(Role.DENTIST).post(reverse("care:search_acts", args=[patient.uuid]), {"text": "detartrage"})
    assert "HBJD001" in by_reload.text
    assert "<html" in by_reload.text


def test_the_fee_is_typed_as_people_type_it(client_as: Clients, patient: Any) -> None:
    client, address = client_as(Role.DENTIST), reverse("care:add_act", args=[patient.uuid])
    fields = {"code": "HBLD634", "at": "11", "state": "done", "fee": "1 234,50 €"}
    assert client.post(address, fields).status_code == 303
    assert str(Act.objects.get().fee) == "1234.50"
    for wrong in ("-5", "abc", "1,234", "9" * 40):
        assert client.post(address, {**fields, "fee": wrong}).status_code == 422
    assert Act.objects.count() == 1


def test_two_browsers_change_one_act(client_as: Clients, actors: Any, patient: Any, new_act: Any) -> None:
    act = services.add_act(actors.dentist, patient, new_act("HBLD634", teeth=["11"], done_on=clock.today()))
    address = reverse("care:act", args=[patient.uuid, act.uuid])
    fields = {"fee": "450", "teeth": "11", "quantity": "1", "modifiers": "", "version": act.version}
    assert client_as(Role.DENTIST).post(address, fields).status_code == 303
    second = client_as(Role.OWNER).post(address, {**fields, "fee": "400"})
    assert second.status_code == 409
    assert 'value="400"' in second.text, "what the second one typed is kept"
    act.refresh_from_db()
    assert str(act.fee) == "450.00"


def test_no_name_and_no_nir_in_an_address(client_as: Clients, patient: Any) -> None:
    page = client_as(Role.DENTIST).get(chart(patient, "?at=16")).text
    for address in re.findall(r'(?:href|action|hx-post|data-page|data-panel)="([^"]+)"', page):
        assert patient.birth_name not in address


def test_the_chart_takes_as_many_queries_with_a_long_history(client_as: Clients, patient: Any) -> None:
    client = client_as(Role.DENTIST)
    client.get(chart(patient))

    def fill(many: int) -> None:
        Finding.objects.bulk_create(
            Finding(
                patient=patient,
                tooth="16",
                surfaces="MOD"[number % 3],
                kind="caries",
                status="existing",
                observed_at=clock.today() - dt.timedelta(days=number % 900),
                recorded_by="test",
            )
            for number in range(many)
        )

    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for many in (20, 1980):
        fill(many)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert client.get(chart(patient, "?at=16MO")).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert counts[0] <= 40, counts


def test_reading_the_chart_is_traced(client_as: Clients, patient: Any) -> None:
    from cuspide.audit.models import Entry

    client_as(Role.SECRETARY).get(chart(patient))
    assert Entry.objects.filter(action="care.chart", patient_uuid=patient.uuid).count() == 1
