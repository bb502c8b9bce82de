"""FHIR Coverage (R4) as cells beside those of a Patient, and back: compulsory (AMO) and complementary insurance (AMC).

Which of the two a Coverage is stands in the text or a code of its `type`; another program's that says neither is taken
for complementary, because it names its payor where a French AMO has codes. The AMO's regime, fund and centre are one
identifier of its payor, nine digits; `subscriberId` is the NIR of the insured person, or the member number of the AMC.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

COLUMNS = (
    "coverage.amo.regime", "coverage.amo.caisse", "coverage.amo.centre", "coverage.amo.subscriberId",
    "coverage.amo.period.end", "coverage.amc.payor", "coverage.amc.payor.identifier", "coverage.amc.subscriberId",
)  # fmt: skip
_AMO_PAYOR = "urn:cuspide:amo-regime-fund-centre"
_AMC_PAYOR = "urn:cuspide:amc-number"
"""Our own: there is no public system for either."""
_DIGITS = re.compile(r"(\d{2})(\d{3})?(\d{4})?", re.ASCII)
_GONE = frozenset({"cancelled", "entered-in-error", "draft"})
_MOST = 20
"""Coverages of one patient that are looked at."""


def by_beneficiary(resources: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """The Coverages among resources by whom they are of: the reference as it is written, and its last part."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for resource in resources:
        if resource.get("resourceType") != "Coverage" or _text(resource.get("status")) in _GONE:
            continue
        beneficiary = resource.get("beneficiary")
        reference = _text(beneficiary.get("reference")) if isinstance(beneficiary, dict) else ""
        for name in {reference, re.split(r"[/:]", reference)[-1]} - {""}:
            held = found.setdefault(name, [])
            if len(held) < _MOST:
                held.append(resource)
    return found


def cells(coverages: Iterable[Mapping[str, Any]], organisations: Mapping[str, str]) -> dict[str, str]:
    """The cells of a patient's Coverages, the first of each kind. `organisations` are names by reference."""
    found: dict[str, str] = {}
    for coverage in coverages:
        kind = _kind(coverage)
        if any(name.startswith(f"coverage.{kind}.") for name in found):
            continue
        payors = coverage.get("payor")
        payor = payors[0] if isinstance(payors, list) and payors and isinstance(payors[0], dict) else {}
        identifier = payor.get("identifier")
        number = _text(identifier.get("value")) if isinstance(identifier, dict) else ""
        subscriber = _text(coverage.get("subscriberId"))
        if kind == "amo":
            codes = _DIGITS.fullmatch(re.sub(r"\s", "", number) or re.sub(r"\s", "", _text(payor.get("display"))))
            if codes is not None:
                for name, code in zip(("regime", "caisse", "centre"), codes.groups(), strict=True):
                    found[f"coverage.amo.{name}"] = code or ""
                found["coverage.amo.subscriberId"] = subscriber
                period = coverage.get("period")
                found["coverage.amo.period.end"] = _text(period.get("end"))[:10] if isinstance(period, dict) else ""
        else:
            name = _text(payor.get("display")) or organisations.get(_text(payor.get("reference")), "")
            if name:
                found["coverage.amc.payor"] = name
                found["coverage.amc.payor.identifier"] = number
                found["coverage.amc.subscriberId"] = subscriber
    return found


def organisations(resources: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[str, str]:
    """Names of Organizations by how they are referred to: `fullUrl`, `Organization/id`."""
    found: dict[str, str] = {}
    for url, resource in resources:
        if resource.get("resourceType") == "Organization" and (name := _text(resource.get("name"))):
            found |= dict.fromkeys({url, f"Organization/{_text(resource.get('id'))}"} - {""}, name)
    return found


def _kind(coverage: Mapping[str, Any]) -> str:
    kind = coverage.get("type")
    said = [_text(kind.get("text"))] if isinstance(kind, dict) else []
    codings = kind.get("coding") if isinstance(kind, dict) else None
    for coding in codings if isinstance(codings, list) else []:
        if isinstance(coding, dict):
            said.append(_text(coding.get("code")))
    return "amo" if "AMO" in {each.upper() for each in said} else "amc"


def resources(named: Mapping[str, str], patient: str) -> list[dict[str, Any]]:
    """The Coverages of a patient's cells, of whom `patient` is the reference: what `cells` reads back."""
    made = []
    if regime := named.get("coverage.amo.regime"):
        number = "".join([regime, named.get("coverage.amo.caisse", ""), named.get("coverage.amo.centre", "")])
        amo = _coverage("AMO", patient, {"identifier": {"system": _AMO_PAYOR, "value": number}})
        if insured := named.get("coverage.amo.subscriberId"):
            amo["subscriberId"] = insured
        if end := named.get("coverage.amo.period.end"):
            amo["period"] = {"end": end}
        made.append(amo)
    if name := named.get("coverage.amc.payor"):
        payor: dict[str, Any] = {"display": name}
        if number := named.get("coverage.amc.payor.identifier", ""):
            payor["identifier"] = {"system": _AMC_PAYOR, "value": number}
        amc = _coverage("AMC", patient, payor)
        if member := named.get("coverage.amc.subscriberId"):
            amc["subscriberId"] = member
        made.append(amc)
    return made


def _coverage(kind: str, patient: str, payor: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "resourceType": "Coverage",
        "status": "active",
        "type": {"text": kind},
        "beneficiary": {"reference": patient},
        "payor": [payor],
    }


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
