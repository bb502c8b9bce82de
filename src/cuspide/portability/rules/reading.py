"""A line of a file as somebody who may become a patient: the fields of the new-patient form, checked by its rules.

What the form would refuse of the identity refuses the line. A telephone, an e-mail or a place that cannot be taken does
not cost the person: it is written down in the remark and said.
"""

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from cuspide.core.errors import FieldErrors
from cuspide.formats.dates import read_day
from cuspide.formats.delimited import is_formula
from cuspide.formats.errors import FormatError
from cuspide.formats.letters import normalised
from cuspide.formats.nir import parse as parse_nir
from cuspide.formats.table import Row, Table
from cuspide.patients.rules.birth import age_in_years
from cuspide.patients.rules.contacts import PHONE_FIELDS, Contacts, check_contacts
from cuspide.patients.rules.cover import check_amc, check_amo
from cuspide.patients.rules.identity import Identity, check_identity
from cuspide.patients.rules.names import clean_name, has_letter, words
from cuspide.portability.rules import reasons
from cuspide.portability.rules.fields import LIMITS
from cuspide.portability.rules.reasons import Reason

_SEXES = {
    "f": "F", "femme": "F", "feminin": "F", "female": "F", "fille": "F", "2": "F", "w": "F", "mme": "F", "madame": "F",
    "mlle": "F", "mademoiselle": "F", "mrs": "F", "ms": "F", "miss": "F", "femelle": "F",
    "m": "M", "h": "M", "homme": "M", "masculin": "M", "male": "M", "garcon": "M", "1": "M", "monsieur": "M", "mr": "M",
    "u": "U", "i": "U", "inconnu": "U", "unknown": "U", "indetermine": "U", "non precise": "U", "other": "U",
}  # fmt: skip
_CIVILITIES = {
    "m": "m", "mr": "m", "monsieur": "m", "mme": "mme", "madame": "mme", "mlle": "mme", "mademoiselle": "mme",
    "mrs": "mme", "ms": "mme", "dr": "dr", "docteur": "dr", "pr": "pr", "professeur": "pr", "prof": "pr", "me": "me",
    "maitre": "me",
}  # fmt: skip
_COUNTRIES = {
    "france": "FR", "belgique": "BE", "belgium": "BE", "suisse": "CH", "switzerland": "CH", "luxembourg": "LU",
    "allemagne": "DE", "germany": "DE", "espagne": "ES", "spain": "ES", "italie": "IT", "italy": "IT",
    "portugal": "PT", "royaume uni": "GB", "united kingdom": "GB", "monaco": "MC",
}  # fmt: skip
_POSTCODE_CITY = re.compile(r"\s*(\S*\d\S*)\s+(.+)", re.DOTALL)
_MOBILE = re.compile(r"(?:\+33|0033|0)\s*\(?0?\)?\s*[67]")
_LONGEST_REMARK = 2_000
"""Signs, as on the form."""
_SHORT_YEAR = re.compile(r"([0-9]{1,2})[/.\-]([0-9]{1,2})[/.\-]([0-9]{2})")
_FOUR = re.compile(r"[1-9][0-9]{3}")
_NINE = re.compile(r"[1-9][0-9]{8}")
# A spreadsheet's date comes with its midnight.
_MIDNIGHT = re.compile(r"[ T]00:00(?::00(?:\.0+)?)?Z?$")


@dataclass(frozen=True)
class Person:
    """Somebody whom a line tells of, checked. `notes` are to be looked at; `shown` says who it is about."""

    line: int
    identity: Identity
    contacts: Contacts
    source_number: str = ""
    shown: str = ""
    notes: tuple[Reason, ...] = ()
    amo: Mapping[str, Any] | None = None
    amc: Mapping[str, Any] | None = None

    @cached_property
    def nir_key(self) -> str:
        """Sixteen hexadecimal digits that stand for the NIR; empty without one."""
        nir = self.identity.nir
        return hashlib.blake2b(nir.encode(), digest_size=8, person=b"nir").hexdigest() if nir else ""

    def without_nir(self, why: Reason) -> "Person":
        return replace(self, identity=replace(self.identity, nir=""), notes=(*self.notes, why))

    def noting(self, what: Reason) -> "Person":
        return replace(self, notes=(*self.notes, what))

    @cached_property
    def identity_key(self) -> str:
        """The same for the same birth name, given name and birth date, however they were written."""
        return identity_key(self.identity.birth_name, self.identity.first_birth_given_name, self.identity.birth_date)


@dataclass(frozen=True)
class Refused:
    """A line of whom nobody can be made, with all the reasons and who it seems to be about."""

    line: int
    reasons: tuple[Reason, ...]
    shown: str = ""
    source_number: str = ""


@dataclass
class _Fields:
    """The texts of a line by field, and what does not fit any."""

    texts: dict[str, str] = field(default_factory=dict)
    phones: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    formulas: list[str] = field(default_factory=list)


def identity_key(birth_name: str, given_name: str, birth_date: str) -> str:
    """Sixteen hexadecimal digits. Empty without a given name: a newborn twin has none."""
    given = "".join(words(given_name))
    family = "".join(words(birth_name))
    if not given or not family:
        return ""
    return hashlib.blake2b(f"{family}|{given}|{birth_date}".encode(), digest_size=8).hexdigest()


def read_row(table: Table, row: Row, mapping: Mapping[str, str], today: dt.date) -> Person | Refused:
    """The person of a line, or why there is none."""
    if row.fault is not None:
        return Refused(row.line, (reasons.of_format(row.fault),))
    found = _fields(table, row, mapping)
    shown = _shown(found.texts)
    number = found.texts.pop("source_number", "")[: LIMITS["source_number"]]
    if found.formulas:
        refused = tuple(("formula", {"field": name}) for name in found.formulas)
        return Refused(row.line, refused, shown, number)
    if not shown:
        return Refused(row.line, (("nobody", {}),), "", number)
    return _checked(row, found, number, shown, today)


def _fields(table: Table, row: Row, mapping: Mapping[str, str]) -> _Fields:
    found = _Fields()
    for name, cell in zip(table.header, row.cells, strict=True):
        meant = mapping.get(name)
        text = _visible(cell)
        if not meant or not text:
            continue
        if is_formula(text):
            found.formulas.append(meant)
        elif meant == "note":
            found.remarks.append(text if name in _ONLY_REMARKS else _labelled(name, text))
        elif meant == "phone":
            found.phones.append(text)
        else:
            found.texts[meant] = text
    return found


_ONLY_REMARKS = {"remark", "NOTE", "Remarque pour l’accueil", "Remark for the desk"}
"""Columns that hold a remark and nothing else: it is not said before each what it is."""


def _labelled(name: str, text: str) -> str:
    return str(reasons.sentence("said", {"field": name, "said": text}))


def _visible(text: str) -> str:
    """Without control characters, which neither store holds everywhere; lines stay lines."""
    if not text.isprintable():
        text = "".join(each for each in text if each.isprintable() or each in "\n\t\u00a0\u202f")
    return (text if text.isascii() else normalised("NFC", text)).strip()


def _shown(texts: Mapping[str, str]) -> str:
    named = [texts.get(name, "") for name in ("family_name", "birth_name", "used_name", "full_name", "given_name")]
    who = clean_name(" ".join(part for part in named if part))[:150]
    born = texts.get("birth_date", "")[:30]
    return " · ".join(part for part in (who, born) if part)


def _checked(row: Row, found: _Fields, number: str, shown: str, today: dt.date) -> Person | Refused:
    notes: list[Reason] = [("encoding", {"encoding": row.encoding})] if row.encoding else []
    typed = _typed(found, notes, today)
    contacts = _contacts(typed, found, notes)
    refusals: list[Reason] = []
    try:
        checked = check_identity(typed, today)
    except FieldErrors as refused:
        # A NIR that is wrong is no reason to lose the person.
        if "nir" in refused.errors:
            notes.append(("nir_left_out", {"said": str(refused.errors.pop("nir"))}))
            typed["nir"] = ""
        refusals = [("said", {"field": name, "said": str(said)}) for name, said in refused.errors.items()]
        if refusals:
            return Refused(row.line, tuple(refusals), shown, number)
        try:
            checked = check_identity(typed, today)
        except FieldErrors as again:
            refusals = [("said", {"field": name, "said": str(said)}) for name, said in again.errors.items()]
            return Refused(row.line, tuple(refusals), shown, number)
    identity = checked.identity
    insured = ""
    for doubt in checked.doubts:
        if doubt.key in {"nir_sex", "nir_year", "nir_month"}:
            # The number of whoever is insured, on her child's line.
            if identity.nir:
                insured = identity.nir
                notes.append(("nir_left_out", {"said": str(doubt.sentence)}))
            identity = replace(identity, nir="")
        else:
            notes.append(("said", {"field": doubt.field, "said": str(doubt.sentence)}))
    amo, amc = _cover(found.texts, identity, insured, today, notes)
    remark = "\n".join([*found.remarks, *_remarks(notes)])
    if len(remark) > _LONGEST_REMARK:
        notes.append(("remark_cut", {"most": _LONGEST_REMARK}))
    identity = replace(identity, note=remark[:_LONGEST_REMARK])
    return Person(row.line, identity, contacts, number, shown, tuple(notes), amo, amc)


def _remarks(notes: Sequence[Reason]) -> list[str]:
    told = [params for _code, params in notes if "text" in params]
    return [str(reasons.sentence("said", {"field": each["field"], "said": each["text"]})) for each in told]


def _typed(found: _Fields, notes: list[Reason], today: dt.date) -> dict[str, Any]:
    """The texts under the names of the form's fields."""
    texts = dict(found.texts)
    typed: dict[str, Any] = {
        name: texts.get(name, "")
        for name in ("birth_name", "used_name", "used_given_name", "birth_given_names", "birth_place",
                     "birth_place_code")
    }  # fmt: skip
    typed["first_birth_given_name"] = texts.get("given_name", "")
    if whole := texts.get("full_name", ""):
        family, given = split_name(whole)
        texts.setdefault("family_name", family)
        typed["first_birth_given_name"] = typed["first_birth_given_name"] or given
    if family := texts.get("family_name", ""):
        if typed["birth_name"]:
            typed["used_name"] = typed["used_name"] or family
        else:
            typed["birth_name"] = family
    if not typed["birth_name"]:
        typed["birth_name"] = typed["used_name"]
    if not typed["first_birth_given_name"]:
        typed["first_birth_given_name"] = next(iter(typed["birth_given_names"].split()), "")
    typed["birth_date"] = _born(texts.get("birth_date", ""), today)
    nir = texts.get("nir", "")
    key = texts.get("nir_key", "")
    typed["nir"] = f"{nir}{key:0>2}" if nir and key and len(re.sub(r"\W", "", nir)) == 13 else nir
    civility = " ".join(words(texts.get("civility", "")))
    typed["civility"] = _CIVILITIES.get(civility, "")
    typed["sex"] = _sex(texts.get("sex", ""), civility, typed["nir"], notes)
    if died := texts.get("deceased_on", ""):
        try:
            typed["deceased_on"] = read_day(_MIDNIGHT.sub("", died))
        except FormatError:
            notes.append(("left_out", {"field": "deceased_on", "said": died[:100], "text": died}))
    return typed


def _born(text: str, today: dt.date) -> str:
    """A birth date as the form takes it. Two figures of a year that is still to come in this century are of the last;
    of others nobody can know, and the form refuses them."""
    text = _MIDNIGHT.sub("", text)
    short = _SHORT_YEAR.fullmatch(text)
    if short and int(short[3]) > today.year % 100:
        return f"{short[1]}/{short[2]}/19{short[3]}"
    return text


def _sex(text: str, civility: str, nir: str, notes: list[Reason]) -> str:
    if sex := _SEXES.get(" ".join(words(text))):
        return sex
    derived = _SEXES.get(civility, "") if civility not in {"dr", "pr", "me"} else ""
    if not derived and nir:
        try:
            derived = parse_nir(nir).sex.value
        except FormatError:
            derived = ""
    notes.append(("sex_derived", {}) if derived else ("sex_unknown", {}))
    return derived or "U"


def split_name(whole: str) -> tuple[str, str]:
    """Family and given name of `DUPONT Léa`, `Léa DUPONT`, `Dupont, Léa`: capitals tell the family name, then the
    comma, else the first word."""
    if "," in whole:
        family, _comma, given = whole.partition(",")
        return family.strip(), given.strip()
    parts = whole.split()
    capitals = [part for part in parts if len(part) > 1 and part == part.upper() and has_letter(part)]
    if capitals and len(capitals) < len(parts):
        return " ".join(capitals), " ".join(part for part in parts if part not in capitals)
    return (parts[0], " ".join(parts[1:])) if parts else ("", "")


def _contacts(typed: dict[str, Any], found: _Fields, notes: list[Reason]) -> Contacts:
    """The contacts of a line; what cannot be taken goes into the remark."""
    texts = found.texts
    wanted = {name: texts.get(name, "") for name in (*PHONE_FIELDS, "other_whose", "email", "line1", "line2",
                                                     "postcode", "city")}  # fmt: skip
    for name in PHONE_FIELDS:
        wanted[name] = _with_zero(wanted[name])
    for number in map(_with_zero, found.phones):
        place = "mobile" if _MOBILE.match(number) else "home_phone"
        free = next((name for name in (place, *PHONE_FIELDS) if not wanted[name]), None)
        if free is None:
            notes.append(("left_out", {"field": "phone", "said": number[:100], "text": number}))
        elif wanted[place] != number:
            wanted[free] = number
    if _FOUR.fullmatch(wanted["postcode"]) and not texts.get("country"):
        wanted["postcode"] = f"0{wanted['postcode']}"  # a spreadsheet's, too
    if together := texts.get("postcode_city", ""):
        cut = _POSTCODE_CITY.fullmatch(together)
        wanted["postcode"] = wanted["postcode"] or (cut[1] if cut else "")
        wanted["city"] = wanted["city"] or (cut[2] if cut else together)
    wanted["country"] = _country(texts.get("country", ""), notes)
    first, _newline, rest = wanted["line1"].partition("\n")
    if rest and not wanted["line2"]:
        wanted["line1"], wanted["line2"] = first.strip(), " ".join(rest.split())
    for name, limit in LIMITS.items():
        if len(wanted.get(name, "")) > limit:
            notes.append(("moved", {"field": name, "text": wanted[name][:1000]}))
            wanted[name] = ""
    try:
        return check_contacts(wanted)
    except FieldErrors as refused:
        for name in refused.errors:
            text = str(wanted[name])
            notes.append(("left_out", {"field": name, "said": text[:100], "text": text[:500]}))
            wanted[name] = ""
        return check_contacts(wanted)


Cover = dict[str, Any] | None


def _cover(
    texts: Mapping[str, str], identity: Identity, insured: str, today: dt.date, notes: list[Reason]
) -> tuple[Cover, Cover]:
    """AMO and AMC of a line; what of them cannot be taken goes into the remark. `insured` is the NIR of somebody else
    that stood in the place of the patient's own."""
    typed: dict[str, Any] = {name: texts.get(name, "") for name in _COVER}
    together = re.sub(r"\D", "", texts.get("amo_code", ""))
    if len(together) == 9 and not typed["regime"]:
        typed["regime"], typed["caisse"], typed["centre"] = together[:2], together[2:5], together[5:]
    elif texts.get("amo_code"):
        notes.append(_kept_aside("amo_code", texts["amo_code"]))
    typed["regime"] = _REGIMES.get(" ".join(words(typed["regime"])), typed["regime"])
    for name, digits in (("regime", 2), ("caisse", 3), ("centre", 4)):
        if typed[name].isdigit():
            typed[name] = typed[name].zfill(digits)  # a spreadsheet drops the zeros in front
    if typed["rights_to"]:
        try:
            typed["rights_to"] = read_day(_MIDNIGHT.sub("", typed["rights_to"]))
        except FormatError:
            notes.append(_kept_aside("rights_to", typed["rights_to"]))
            typed["rights_to"] = ""
    typed["rights_to"] = typed["rights_to"] or None
    typed["insured_nir"] = typed["insured_nir"] or (insured if typed["regime"] else "")
    if typed["insured_nir"] and re.sub(r"\W", "", typed["insured_nir"])[:13] != identity.nir[:13]:
        typed["beneficiary"] = "06" if age_in_years(identity.born_on, today) < _OF_AGE else "09"
    for name in ("organisation", "member_number"):
        if len(typed[name]) > LIMITS[name]:
            notes.append(("moved", {"field": name, "text": typed[name][:500]}))
            typed[name] = ""
    # As on the form of a new patient, until somebody looks at the card.
    typed |= {"responsible": True, "third_party_agreement": True}
    typed |= {"learnt_from": "file", "amc_learnt_from": "file"}
    return (
        _checked_cover(lambda: check_amo(typed, identity.nir), typed, notes),
        _checked_cover(lambda: check_amc(typed), typed, notes),
    )


_COVER = ("regime", "caisse", "centre", "insured_nir", "rights_to", "organisation", "organisation_number",
          "member_number")  # fmt: skip
_OF_AGE = 18
_REGIMES = {"general": "01", "regime general": "01", "cpam": "01", "rg": "01", "msa": "02", "agricole": "02"}


def _kept_aside(name: str, text: str) -> Reason:
    return "left_out", {"field": name, "said": text[:100], "text": text[:500]}


def _checked_cover(check: Callable[[], Cover], typed: dict[str, Any], notes: list[Reason]) -> Cover:
    """Cover without what is refused of it; none at all where nothing is left to stand on."""
    for _try in range(len(_COVER)):
        try:
            return check()
        except FieldErrors as refused:
            for name in refused.errors:
                # The regime or the insurer is missed: its numbers alone say nothing.
                of = _NUMBERS_OF.get(name, (name,)) if not typed.get(name) else (name,)
                for each in of:
                    if typed.get(each):
                        text = str(typed[each])
                        notes.append(_kept_aside(each, text))
                        typed[each] = None if each == "rights_to" else ""
    return None


_NUMBERS_OF = {
    "regime": ("caisse", "centre", "insured_nir", "rights_to"),
    "organisation": ("organisation_number", "member_number"),
}


def _with_zero(number: str) -> str:
    """A spreadsheet takes a telephone for a number, and drops the zero it begins with."""
    return f"0{number}" if _NINE.fullmatch(number) else number


def _country(text: str, notes: list[Reason]) -> str:
    known = _COUNTRIES.get(" ".join(words(text)), text.strip().upper() if len(text.strip()) == 2 else "")
    if text and not (known.isascii() and known.isalpha()):
        notes.append(("left_out", {"field": "country", "said": text[:100], "text": text[:100]}))
        return ""
    return known
