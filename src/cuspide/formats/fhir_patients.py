"""FHIR R4 Patient (and R5, which is alike in what is read here) as a table, and patients as a FHIR Bundle. In a Bundle
the Coverages of each patient stand on her line (`fhir_coverages`); lines of NDJSON that are no Patient are passed over.

Read: one Patient, a Bundle, or one resource a line (NDJSON, as bulk exports are). French identifiers are told by their
systems (FR Core): the INS-NIR and INS-NIA by their OIDs, any other identifier as the record number of the program it
comes from. Names: `official` is of birth, `usual` or `nickname` in use; FR Core puts the list of birth given names into
an extension.
"""

import calendar
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from cuspide.formats import fhir_coverages
from cuspide.formats.errors import FormatError
from cuspide.formats.table import Row, Table

HEADER = (
    "identifier", "identifier NIR", "name.official.family", "name.official.given", "name.birth-list-given-name",
    "name.usual.family", "name.usual.given", "name.prefix", "gender", "birthDate", "birthPlace", "birthPlace.inseeCode",
    "telecom.mobile", "telecom.home", "telecom.work", "telecom.phone", "telecom.email", "address.line.0",
    "address.line.1", "address.postalCode", "address.city", "address.country", "deceasedDateTime", "contact.telecom",
    "contact.name", "remark", *fhir_coverages.COLUMNS,
)  # fmt: skip
LARGEST = 32 * 1024 * 1024
"""Bytes of a Bundle, which is held in memory; larger exports come as NDJSON."""

NIR_SYSTEMS = {
    "urn:oid:1.2.250.1.213.1.4.8": "nir",
    "urn:oid:1.2.250.1.213.1.4.10": "nir",
    "urn:oid:1.2.250.1.213.1.4.9": "nia",
}
"""INS-NIR, its test and INS-NIA (ANS, OIDs of national health identities), under which a number is an INS."""
OWN_NIR = "urn:cuspide:nir"
"""Our own: the NIR or NIA of an identity that is not qualified. It is a social security number, and not an INS."""
_V2_0203 = "http://terminology.hl7.org/CodeSystem/v2-0203"
_INS_NIA = "1.2.250.1.213.1.4.9"
_BIRTH_GIVEN = "https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-patient-birth-list-given-name"
_BIRTH_PLACE = "http://hl7.org/fhir/StructureDefinition/patient-birthPlace"
_INSEE = "https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-address-insee-code"
_AS_GIVEN = "urn:cuspide:birth-date-as-given"
"""Our own: a birth date that no calendar has (31/02), which a FHIR date cannot hold."""
_REMARK = "urn:cuspide:remark"
_GENDERS = {"male": "M", "female": "F", "other": "U", "unknown": "U"}


def is_one(sample: bytes) -> bool:
    """Whether a file begins as JSON does."""
    return sample.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def read(chunks: Iterable[bytes]) -> Table:
    """The patients of a file as rows; `line` counts the patients of a Bundle, and the lines of NDJSON.

    Raises FormatError `fhir.json` (line), `fhir.large` (params `most`, in MB), `fhir.none` where there is no Patient.
    Rows carry `fhir.json` and `fhir.form` (not as FHIR has it) as their fault.
    """
    pieces = iter(chunks)
    head, found_line = b"", False
    for piece in pieces:
        head += piece
        if b"\n" in head:
            found_line = True
            break
        if len(head) > LARGEST:
            break
    first = _json(head.split(b"\n", 1)[0]) if found_line else None
    if isinstance(first, dict) and first.get("resourceType") not in {None, "Bundle"}:
        rows = _by_line(chain([head], pieces))
    else:
        rows = _of_bundle(_whole(chain([head], pieces)))
    begin = next(rows, None)
    if begin is None:
        raise FormatError("fhir.none", "The file holds no Patient")
    return Table(HEADER, chain([begin], rows))


def _json(text: bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _whole(chunks: Iterable[bytes]) -> Any:
    content = bytearray()
    for chunk in chunks:
        content += chunk
        if len(content) > LARGEST:
            raise FormatError("fhir.large", "The Bundle is too large", params={"most": LARGEST >> 20})
    try:
        return json.loads(bytes(content))
    except RecursionError:
        raise FormatError("fhir.json", "This is no JSON") from None
    except UnicodeDecodeError:
        raise FormatError("fhir.json", "This is no JSON") from None
    except json.JSONDecodeError as error:
        raise FormatError("fhir.json", "This is no JSON", line=error.lineno, column=error.colno) from None


def _of_bundle(resource: Any) -> Iterator[Row]:
    if not isinstance(resource, dict):
        raise FormatError("fhir.none", "The file holds no Patient")
    if resource.get("resourceType") == "Patient":
        yield _row(1, resource)
        return
    entries = resource.get("entry")
    held = [
        (_text(entry.get("fullUrl")), entry["resource"])
        for entry in (entries if isinstance(entries, list) else [])
        if isinstance(entry, dict) and isinstance(entry.get("resource"), dict)
    ]
    coverages = fhir_coverages.by_beneficiary(each for _url, each in held)
    organisations = fhir_coverages.organisations(held)
    number = 0
    for url, each in held:
        if each.get("resourceType") == "Patient":
            number += 1
            own = coverages.get(url) or coverages.get(_text(each.get("id"))) or []
            yield _row(number, each, fhir_coverages.cells(own, organisations))


def _by_line(chunks: Iterable[bytes]) -> Iterator[Row]:
    number, rest = 0, b""
    for chunk in chain(chunks, [b"\n"]):
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            number += 1
            if not line.strip():
                continue
            resource = _json(line)
            if not isinstance(resource, dict):
                yield Row(number, (), "", FormatError("fhir.json", "This is no JSON", line=number))
            elif resource.get("resourceType") == "Patient":
                yield _row(number, resource)
        if len(rest) > LARGEST:
            yield Row(number + 1, (), "", FormatError("fhir.json", "A line is too large", line=number + 1))
            return


def _row(number: int, patient: Mapping[str, Any], cover: Mapping[str, str] | None = None) -> Row:
    cells = {**dict.fromkeys(HEADER, ""), **(cover or {})}
    try:
        _identifiers(cells, patient)
        _names(cells, patient)
        _contacts(cells, patient)
        cells["gender"] = _GENDERS.get(_text(patient.get("gender")), "")
        cells["birthDate"] = _date(_text(patient.get("birthDate")))
        cells["deceasedDateTime"] = _text(patient.get("deceasedDateTime"))[:10]
        for extension in _items(patient, "extension"):
            if extension.get("url") == _BIRTH_PLACE:
                _birth_place(cells, extension.get("valueAddress") or {})
            elif extension.get("url") == _AS_GIVEN:
                cells["birthDate"] = _text(extension.get("valueString")) or cells["birthDate"]
            elif extension.get("url") == _REMARK:
                cells["remark"] = _text(extension.get("valueString"))
    except (AttributeError, TypeError):
        return Row(number, (), "", FormatError("fhir.form", "This Patient is not as FHIR has it", line=number))
    return Row(number, tuple(cells[name] for name in HEADER))


def _identifiers(cells: dict[str, str], patient: Mapping[str, Any]) -> None:
    for identifier in _items(patient, "identifier"):
        value = _text(identifier.get("value"))
        is_nir = _text(identifier.get("system")) in {*NIR_SYSTEMS, OWN_NIR}
        name = "identifier NIR" if is_nir else "identifier"
        cells[name] = cells[name] or value
    cells["identifier"] = cells["identifier"] or _text(patient.get("id"))


def _names(cells: dict[str, str], patient: Mapping[str, Any]) -> None:
    names = _items(patient, "name")
    official = next((name for name in names if name.get("use") in {"official", "maiden"}), None)
    usual = next((name for name in names if name is not official and name.get("use") not in {"old", "temp"}), None)
    if official is None:
        official, usual = usual, None
    for name, prefix in ((official, "name.official"), (usual, "name.usual")):
        if name is not None:
            family = _text(name.get("family")) or _text(name.get("text"))
            given = name.get("given") or []
            cells[f"{prefix}.family"] = family
            cells[f"{prefix}.given"] = _text(given[0]) if given else ""
            cells["name.prefix"] = cells["name.prefix"] or " ".join(map(_text, name.get("prefix") or []))
    if official is not None:
        listed = [
            _text(each.get("valueString")) for each in _items(official, "extension") if each.get("url") == _BIRTH_GIVEN
        ]
        given = [_text(each) for each in official.get("given") or []]
        cells["name.birth-list-given-name"] = listed[0] if listed else " ".join(given) if len(given) > 1 else ""


def _contacts(cells: dict[str, str], patient: Mapping[str, Any]) -> None:
    for telecom in _items(patient, "telecom"):
        if telecom.get("use") == "old":
            continue
        value, system = _text(telecom.get("value")), telecom.get("system")
        name = ""
        if system == "email":
            name = "telecom.email"
        elif system in {"phone", "sms", None}:
            name = f"telecom.{telecom.get('use')}"
            name = name if name in cells and not cells[name] else "telecom.phone"
        if name:
            cells[name] = cells[name] or value
    for contact in _items(patient, "contact")[:1]:
        called = contact.get("name") or {}
        cells["contact.name"] = _text(called.get("text")) or _text(called.get("family"))
        numbers = [_text(each.get("value")) for each in _items(contact, "telecom") if each.get("system") == "phone"]
        cells["contact.telecom"] = numbers[0] if numbers else ""
    homes = [each for each in _items(patient, "address") if each.get("use") != "old"]
    if homes:
        home = homes[0]
        lines = [_text(line) for line in home.get("line") or []]
        if not lines and home.get("text"):
            lines = [_text(home.get("text"))]
        cells["address.line.0"] = lines[0] if lines else ""
        cells["address.line.1"] = ", ".join(lines[1:])
        cells["address.postalCode"] = _text(home.get("postalCode"))
        cells["address.city"] = _text(home.get("city"))
        cells["address.country"] = _text(home.get("country"))


def _birth_place(cells: dict[str, str], place: Mapping[str, Any]) -> None:
    cells["birthPlace"] = _text(place.get("city")) or _text(place.get("text"))
    for extension in _items(place, "extension"):
        if extension.get("url") == _INSEE:
            coding = extension.get("valueCoding") or {}
            cells["birthPlace.inseeCode"] = _text(coding.get("code"))


def _items(holder: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = holder.get(name) or []
    return [each for each in found if isinstance(each, dict)]


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _date(text: str) -> str:
    """A FHIR date as it is typed here: `1984-03` is 03/1984."""
    parts = text.split("-")
    return f"{parts[1]}/{parts[0]}" if len(parts) == 2 else text


_CODES = {code: gender for gender, code in _GENDERS.items() if gender != "other"}
_CALENDAR = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)


def resource(cells: Mapping[str, str], id_: str, ins_oid: str = "") -> dict[str, Any]:
    """The Patient of a row: what `read` reads back as the same cells. `gender` is M, F or U; `birthDate` YYYY-MM-DD
    with 00 for what is unknown.

    `ins_oid` is given for a qualified identity alone: `identifier NIR` is then its INS, otherwise it is only the number
    of social security (RNIV: no other identity carries an INS out of the practice).

    FHIR R4, with the identifiers and extensions of FR Core where there are some.
    """
    made: dict[str, Any] = {"resourceType": "Patient", "id": id_, "identifier": _written_identifiers(cells, ins_oid)}
    made["name"] = _written_names(cells)
    made["gender"] = _CODES.get(cells.get("gender", ""), "unknown")
    extensions: list[dict[str, Any]] = []
    _write_birth(made, extensions, cells)
    if cells.get("remark"):
        extensions.append({"url": _REMARK, "valueString": cells["remark"]})
    made["extension"] = extensions
    if cells.get("deceasedDateTime"):
        made["deceasedDateTime"] = cells["deceasedDateTime"]
    made["telecom"] = [
        *(
            {"system": "phone", "use": use, "value": cells[f"telecom.{use}"]}
            for use in ("mobile", "home", "work")
            if cells.get(f"telecom.{use}")
        ),
        *([{"system": "email", "value": cells["telecom.email"]}] if cells.get("telecom.email") else []),
    ]
    made["address"] = _written_address(cells)
    if cells.get("contact.telecom"):
        contact: dict[str, Any] = {"telecom": [{"system": "phone", "value": cells["contact.telecom"]}]}
        if cells.get("contact.name"):
            contact["name"] = {"text": cells["contact.name"]}
        made["contact"] = [contact]
    # FHIR has no empty lists.
    return {name: value for name, value in made.items() if value not in ([], {})}


def _written_identifiers(cells: Mapping[str, str], ins_oid: str) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    if nir := cells.get("identifier NIR"):
        if ins_oid:
            waits = ins_oid == _INS_NIA
            made.append({"use": "temp" if waits else "official", "system": f"urn:oid:{ins_oid}", "value": nir})
        else:
            social = {"system": _V2_0203, "code": "SS"}
            made.append({"use": "secondary", "type": {"coding": [social]}, "system": OWN_NIR, "value": nir})
    if number := cells.get("identifier"):
        kind = {"system": _V2_0203, "code": "PI"}
        made.append({"use": "usual", "type": {"coding": [kind]}, "value": number})
    return made


def _written_names(cells: Mapping[str, str]) -> list[dict[str, Any]]:
    official: dict[str, Any] = {"use": "official", "family": cells.get("name.official.family", "")}
    if given := cells.get("name.official.given"):
        official["given"] = [given]
    if listed := cells.get("name.birth-list-given-name"):
        official["extension"] = [{"url": _BIRTH_GIVEN, "valueString": listed}]
    if prefix := cells.get("name.prefix"):
        official["prefix"] = [prefix]
    names = [official]
    family, first = cells.get("name.usual.family"), cells.get("name.usual.given")
    if family or first:
        usual: dict[str, Any] = {"use": "usual"}
        usual |= {"family": family} if family else {}
        usual |= {"given": [first]} if first else {}
        names.append(usual)
    return names


def _write_birth(made: dict[str, Any], extensions: list[dict[str, Any]], cells: Mapping[str, str]) -> None:
    found = _CALENDAR.fullmatch(cells.get("birthDate", ""))
    if found is not None:
        year, month, day = found.groups()
        whole = "-".join(part for part in (year, month, day) if part != "00") if month != "00" else year
        if not _is_day(int(year), int(month), int(day)) and (int(month) > 12 or day != "00"):
            extensions.append({"url": _AS_GIVEN, "valueString": found[0]})
            whole = f"{year}-{month}" if 1 <= int(month) <= 12 else year
        made["birthDate"] = whole
    if cells.get("birthPlace") or cells.get("birthPlace.inseeCode"):
        place: dict[str, Any] = {}
        if cells.get("birthPlace"):
            place["city"] = cells["birthPlace"]
        if code := cells.get("birthPlace.inseeCode"):
            place["extension"] = [{"url": _INSEE, "valueCoding": {"code": code}}]
        extensions.append({"url": _BIRTH_PLACE, "valueAddress": place})


def _is_day(year: int, month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]


def _written_address(cells: Mapping[str, str]) -> list[dict[str, Any]]:
    lines = [cells[name] for name in ("address.line.0", "address.line.1") if cells.get(name)]
    held = {
        "line": lines,
        "postalCode": cells.get("address.postalCode"),
        "city": cells.get("address.city"),
        "country": cells.get("address.country"),
    }
    home = {name: value for name, value in held.items() if value}
    return [{"use": "home", **home}] if home else []
