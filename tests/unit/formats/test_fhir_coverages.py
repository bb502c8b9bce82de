"""Insurance as FHIR has it, from another program or from this one, stands on the line of whom it covers."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuspide.formats import fhir_coverages, fhir_patients

LEA = {"resourceType": "Patient", "id": "p1", "name": [{"family": "MARTIN"}]}


def cells(*resources: Any, full_url: str = "") -> dict[str, str]:
    entries = [{"fullUrl": full_url, "resource": LEA}, *({"resource": each} for each in resources)]
    table = fhir_patients.read([json.dumps({"resourceType": "Bundle", "entry": entries}).encode()])
    [row] = table.rows
    return {name: cell for name, cell in table.values(row).items() if name.startswith("coverage") and cell}


def amc(**fields: Any) -> dict[str, Any]:
    return {"resourceType": "Coverage", "beneficiary": {"reference": "Patient/p1"}, **fields}


@pytest.mark.parametrize("reference", ["Patient/p1", "urn:uuid:p1", "https://example.org/fhir/Patient/p1"])
def test_a_coverage_is_found_however_its_patient_is_referred_to(reference: str) -> None:
    found = cells(amc(beneficiary={"reference": reference}, payor=[{"display": "MGEN"}], subscriberId="A12"))
    assert found == {"coverage.amc.payor": "MGEN", "coverage.amc.subscriberId": "A12"}


def test_a_payor_that_stands_elsewhere_in_the_bundle_is_named() -> None:
    insurer = {"resourceType": "Organization", "id": "o1", "name": "Harmonie"}
    assert cells(amc(payor=[{"reference": "Organization/o1"}]), insurer) == {"coverage.amc.payor": "Harmonie"}


def test_what_leaves_comes_back() -> None:
    told = {
        "coverage.amo.regime": "01", "coverage.amo.caisse": "261", "coverage.amo.centre": "0000",
        "coverage.amo.subscriberId": "284032636212355", "coverage.amo.period.end": "2027-12-31",
        "coverage.amc.payor": "MGEN", "coverage.amc.payor.identifier": "77551234", "coverage.amc.subscriberId": "A12",
    }  # fmt: skip
    assert cells(*fhir_coverages.resources(told, "urn:uuid:x"), full_url="urn:uuid:x") == told
    only = {"coverage.amo.regime": "01"}
    assert cells(*fhir_coverages.resources(only, "urn:uuid:x"), full_url="urn:uuid:x") == only
    assert fhir_coverages.resources({}, "x") == []


def test_cover_that_was_called_off_or_is_somebody_else_s_is_left() -> None:
    assert cells(amc(status="cancelled", payor=[{"display": "MGEN"}])) == {}
    assert cells(amc(beneficiary={"reference": "Patient/p2"}, payor=[{"display": "MGEN"}])) == {}


_JSON = st.recursive(
    st.none() | st.booleans() | st.text(max_size=8) | st.just("AMO"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["reference", "display", "identifier", "value", "text", "coding", "code", "end"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["type", "payor", "period", "subscriberId", "status", "beneficiary"]), _JSON))
def test_no_coverage_costs_its_patient(fields: dict[str, Any]) -> None:
    told = cells(amc(**fields))
    assert all(isinstance(value, str) for value in told.values()), "each cell is text, whatever the file holds"
