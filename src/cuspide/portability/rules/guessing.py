"""What the columns of a file probably mean, from the words of its header and from what stands in them.

A guess is shown and corrected before anything is brought in; what is not recognised is left out and said.
"""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence

from cuspide.formats import nir as nir_format
from cuspide.patients.rules.birth import BirthDateError, parse_birth_date
from cuspide.patients.rules.names import words
from cuspide.portability.rules.fields import FIELDS, MANY

# Header words, folded and sorted out of the order in which they stand. The first that fits is taken.
_HEADERS: dict[str, tuple[str, ...]] = {
    "source_number": (
        "n dossier", "no dossier", "num dossier", "numero dossier", "numero de dossier", "dossier", "n de dossier",
        "n patient", "no patient", "num patient", "numero patient", "id patient", "patient id", "patientid", "patnum",
        "id", "identifiant", "code patient", "ref patient", "reference", "record number", "chart number", "ipp", "uid",
    ),
    "family_name": (
        "nom", "nom patient", "nom du patient", "nom de famille", "last name", "lastname", "lname", "surname",
        "family name", "patronyme",
    ),
    "birth_name": (
        "nom de naissance", "nom naissance", "nom jeune fille", "nom de jeune fille", "nomnaissance", "birth name",
        "maiden name", "nom patronymique",
    ),
    "used_name": (
        "nom d usage", "nom usage", "nom usuel", "nom utilise", "nom marital", "nom d epouse", "nom epouse",
        "nom de mariage", "married name", "name in use",
    ),
    "full_name": (
        "nom prenom", "nom et prenom", "nom prenoms", "nom complet", "full name", "name", "prenom nom", "patient",
        "identite",
    ),
    "given_name": (
        "prenom", "prenom patient", "premier prenom", "prenom de naissance", "1er prenom", "first name", "firstname",
        "fname", "given name", "first given name at birth",
    ),
    "used_given_name": (
        "prenom usuel", "prenom d usage", "prenom usage", "prenom utilise", "preferred name", "nickname", "preferred",
        "given name in use",
    ),
    "birth_given_names": ("prenoms", "tous les prenoms", "liste des prenoms", "given names", "all given names at birth",
                          "prenoms de naissance"),
    "civility": ("civilite", "titre", "civ", "title", "salutation", "civility"),
    "sex": ("sexe", "genre", "sex", "gender"),
    "birth_date": (
        "date de naissance", "date naissance", "datenaissance", "ne le", "ne e le", "nee le", "naissance", "ddn", "dn",
        "birth date", "birthdate", "date of birth", "dob", "birthday", "date naiss", "dt naissance",
    ),
    "birth_place": ("lieu de naissance", "lieu naissance", "ville de naissance", "birth place", "place of birth"),
    "birth_place_code": (
        "code insee", "code commune de naissance", "code lieu naissance", "insee naissance", "cog naissance",
        "insee code of the place",
    ),
    "nir": (
        "n ss", "no ss", "num ss", "numero ss", "n secu", "no secu", "num secu", "numero secu", "n de securite sociale",
        "n securite sociale", "numero de securite sociale", "numero securite sociale", "nir", "immatriculation",
        "numero insee", "n insee", "ssn", "social security number", "matricule", "n immatriculation", "secu",
        "nir social security number",
    ),
    "nir_key": ("cle", "cle ss", "cle nir", "cle secu", "nir key"),
    "mobile": (
        "portable", "tel portable", "telephone portable", "mobile", "tel mobile", "telephone mobile", "gsm", "cell",
        "cell phone", "mobile phone", "wirelessphone", "tel port", "portable patient",
    ),
    "home_phone": (
        "telephone domicile", "tel domicile", "tel fixe", "telephone fixe", "fixe", "domicile", "home phone", "hmphone",
        "home", "tel dom",
    ),
    "work_phone": (
        "telephone travail", "tel travail", "tel bureau", "telephone bureau", "telephone professionnel", "tel pro",
        "telephone pro", "work phone", "wkphone", "work", "travail", "bureau", "tel professionnel",
    ),
    "other_phone": ("autre telephone", "autre tel", "personne a prevenir tel", "other phone", "another person"),
    "other_whose": ("personne a prevenir", "contact urgence", "who that is"),
    "phone": ("telephone", "tel", "telephones", "phone", "phone number", "n telephone", "numero de telephone", "tel 1",
              "tel 2", "tel1", "tel2", "telephone 1", "telephone 2"),
    "email": ("mail", "e mail", "email", "courriel", "adresse mail", "adresse email", "adresse e mail", "mel",
              "adresse electronique", "email address", "e mail address"),
    "line1": ("adresse", "adresse 1", "adresse1", "rue", "voie", "adresse postale", "address", "address 1", "street",
              "address line 1", "adresse ligne 1"),
    "line2": ("adresse 2", "adresse2", "complement", "complement adresse", "complement d adresse", "address 2",
              "address2", "address line 2", "adresse ligne 2", "address continued"),
    "postcode": ("cp", "code postal", "codepostal", "postcode", "postal code", "zip", "zip code"),
    "city": ("ville", "commune", "localite", "city", "town"),
    "postcode_city": ("cp ville", "code postal ville", "cp et ville", "postcode and town"),
    "country": ("pays", "country"),
    "amo_code": ("code amo", "organisme amo", "code caisse", "code organisme", "n caisse", "organisme obligatoire"),
    "regime": ("regime", "code regime", "regime obligatoire", "grand regime"),
    "caisse": ("caisse", "caisse gestionnaire"),
    "centre": ("centre", "code centre", "centre gestionnaire", "centre de paiement"),
    "insured_nir": ("n ss assure", "nir assure", "numero assure", "n assure", "n ss de l assure", "n secu assure",
                    "numero de securite sociale de l assure"),
    "rights_to": ("fin de droits", "droits jusqu au", "date fin de droits", "fin droits", "date fin droits",
                  "validite droits"),
    "organisation": ("mutuelle", "nom mutuelle", "nom de la mutuelle", "complementaire", "organisme complementaire",
                     "amc", "assurance complementaire", "insurance"),
    "organisation_number": ("n amc", "n mutuelle", "numero mutuelle", "code mutuelle", "n organisme", "numero amc"),
    "member_number": ("n adherent", "numero adherent", "adherent", "n d adherent", "no adherent", "member id"),
    "deceased_on": ("date de deces", "date deces", "decede le", "decedee le", "deceased", "date of death"),
    "note": (
        "medecin traitant", "medecin", "remarque", "remarques", "commentaire", "commentaires", "note", "notes",
        "observation", "observations", "profession", "remark", "comment", "comments", "correspondant", "adresse par",
        "remark for the desk", "memo",
    ),
}  # fmt: skip
_FIELD_OF = {header: field for field, headers in _HEADERS.items() for header in headers}
_SAMPLED = 200
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_POSTCODE = re.compile(r"(?:2[AB]|\d\d)\d{3}", re.ASCII)
_PHONE = re.compile(r"(?:\+|0)[\d\s.\-/()]{8,18}", re.ASCII)
_SEX = frozenset("fmh")


def folded(header: str) -> str:
    """A header as it is compared: `N° de Sécu.` is `n de secu`."""
    return " ".join(words(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header)))


def fingerprint(header: Sequence[str]) -> str:
    """The mark of a header: the same for files of the same program, whatever the case or order of marks."""
    return hashlib.sha256("\n".join(folded(name) for name in header).encode()).hexdigest()


FIXED: dict[str, dict[str, str]] = {
    "vcard": {
        "UID": "source_number", "N family": "family_name", "N given": "given_name", "N prefix": "civility",
        "BDAY": "birth_date", "GENDER": "sex", "TEL cell": "mobile", "TEL home": "home_phone", "TEL work": "work_phone",
        "TEL": "phone", "TEL (2)": "phone", "EMAIL": "email", "ADR street": "line1", "ADR extended": "line2",
        "ADR locality": "city", "ADR code": "postcode", "ADR country": "country", "DEATHDATE": "deceased_on",
        "NOTE": "note",
    },
    "fhir": {
        "identifier": "source_number", "identifier NIR": "nir", "name.official.family": "birth_name",
        "name.official.given": "given_name", "name.birth-list-given-name": "birth_given_names",
        "name.usual.family": "used_name", "name.usual.given": "used_given_name", "name.prefix": "civility",
        "gender": "sex", "birthDate": "birth_date", "birthPlace": "birth_place",
        "birthPlace.inseeCode": "birth_place_code", "telecom.mobile": "mobile", "telecom.home": "home_phone",
        "telecom.work": "work_phone", "telecom.phone": "phone", "telecom.email": "email", "address.line.0": "line1",
        "address.line.1": "line2", "address.postalCode": "postcode", "address.city": "city",
        "address.country": "country", "deceasedDateTime": "deceased_on", "contact.telecom": "other_phone",
        "contact.name": "other_whose", "remark": "note", "coverage.amo.regime": "regime",
        "coverage.amo.caisse": "caisse", "coverage.amo.centre": "centre", "coverage.amo.subscriberId": "insured_nir",
        "coverage.amo.period.end": "rights_to", "coverage.amc.payor": "organisation",
        "coverage.amc.payor.identifier": "organisation_number", "coverage.amc.subscriberId": "member_number",
    },
    "opendental": {
        "PatNum": "source_number", "LName": "family_name", "FName": "given_name", "Preferred": "used_given_name",
        "Title": "civility", "Gender": "sex", "Birthdate": "birth_date", "HmPhone": "home_phone",
        "WkPhone": "work_phone", "WirelessPhone": "mobile", "Email": "email", "Address": "line1",
        "Address2": "line2", "City": "city", "Zip": "postcode", "Country": "country", "DateTimeDeceased": "deceased_on",
        "AddrNote": "note",
    },
}  # fmt: skip
"""What the columns of formats mean whose columns are always the same."""


def guess(
    header: Sequence[str], sample: Sequence[Sequence[str]], fixed: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Column to field; a column that was not recognised is not in it."""
    if fixed:
        return {name: fixed[name] for name in header if name in fixed}
    found: dict[str, str] = {}
    taken: set[str] = set()
    # Those of our own export, in the language in which it was made.
    ours = {folded(str(label)): field for field, label in FIELDS.items()}
    for name in header:
        words_of = folded(name)
        field = _FIELD_OF.get(words_of) or _FIELD_OF.get("".join(words_of.split())) or ours.get(words_of)
        if field and (field not in taken or field in MANY):
            found[name] = field
            taken.add(field)
    for place, name in enumerate(header):
        if name in found:
            continue
        values = [row[place].strip() for row in sample[:_SAMPLED] if place < len(row) and row[place].strip()]
        field = _by_values(values)
        if field and (field not in taken or field in MANY):
            found[name] = field
            taken.add(field)
    return found


def has_header_words(header: Sequence[str]) -> bool:
    """Whether a first line names columns: it then holds words that are known, and no person."""
    return any(folded(name) in _FIELD_OF for name in header)


def _by_values(values: Sequence[str]) -> str:
    """What a column means by what stands in it; "" where it does not say."""
    if not values:
        return ""
    if _most(values, lambda text: bool(_EMAIL.fullmatch(text))):
        return "email"
    if _most(values, nir_format.is_valid):
        return "nir"
    if _most(values, _is_whole_date):
        return "birth_date"
    if _most(values, lambda text: bool(_PHONE.fullmatch(text))):
        return "phone"
    if _most(values, lambda text: bool(_POSTCODE.fullmatch(text))):
        return "postcode"
    if len(values) > 2 and {text.casefold() for text in values} <= _SEX:
        return "sex"
    return ""


def _most(values: Sequence[str], fits: Callable[[str], bool]) -> bool:
    return sum(map(fits, values)) * 10 >= len(values) * 8


def _is_whole_date(text: str) -> bool:
    if len(text) < 8:
        return False
    try:
        return not parse_birth_date(text).is_partial
    except BirthDateError:
        return False


def as_saved(mapping: Mapping[str, str], header: Sequence[str]) -> list[str]:
    """A mapping by the places of the columns, as it is remembered: the names may be written otherwise next time."""
    return [mapping.get(name, "") for name in header]


def from_saved(saved: Sequence[str], header: Sequence[str]) -> dict[str, str]:
    return kept(dict(zip(header, saved, strict=False)), header)


def kept(mapping: Mapping[str, str], header: Sequence[str]) -> dict[str, str]:
    """A mapping cut down to columns that are there and fields that exist."""
    return {name: mapping[name] for name in header if mapping.get(name) in FIELDS}
