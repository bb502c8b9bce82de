"""Pure rules of the chart: what is typed, what a press of a key means, what an act shows on the chart."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cuspide.care.odontogram.paint import LETTERS
from cuspide.care.odontogram.state import STATUSES, SURFACE_KINDS, Kind, Status
from cuspide.formats import teeth
from cuspide.formats.errors import FormatError
from cuspide.formats.letters import normalised

LONGEST_LINE = 120
LONGEST_LABEL = 500
"""As the store keeps it."""
MOST_TEETH = 32

# The key of each kind, the same letter that the chart shows over the tooth. M, O, D, V, L, P and I are faces.
KIND_OF_KEY = {letter: kind for kind, letter in LETTERS.items() if kind is not Kind.BRIDGE_PONTIC} | {"Q": Kind.SOUND}


@dataclass(frozen=True, slots=True)
class Selected:
    """One tooth that is pointed at, with the faces chosen on it ("" for the whole tooth)."""

    tooth: str
    surfaces: str = ""

    def __str__(self) -> str:
        return self.tooth + self.surfaces


def parse_selection(text: str) -> tuple[Selected, ...]:
    """Teeth with their faces as the chart writes them and people type them: "16MO 17", "16 mo", "13-23".

    Each tooth once, in the order given; faces in written order with the letters that suit the tooth.
    Raises FormatError (`tooth.*`, `surface.*`, `selection.too_long`).
    """
    if len(text) > LONGEST_LINE * 4:
        raise FormatError("selection.too_long", "Too many teeth are named")
    chosen: dict[str, str] = {}
    last: list[str] = []
    for token in re.split(r"[\s,;]+", text.strip()):
        if not token:
            continue
        match = re.fullmatch(r"(\d\d(?:-\d\d)?)([A-Za-z]*)", token)
        if match is None and last and token.isalpha():
            named, letters = last, token
        elif match is None:
            raise FormatError("tooth.unknown", "A tooth is written with two digits, as 16 or 75")
        else:
            named, letters = [tooth.code for tooth in teeth.parse_teeth(match[1])], match[2]
        for code in named:
            tooth = teeth.tooth(code)
            surfaces = teeth.parse_surfaces(letters, tooth)
            already = "".join(letter for letter in chosen.get(code, ""))
            chosen[code] = "".join(
                surface.value for surface in tooth.surfaces if surface.value in already or surface in surfaces
            )
        last = named
    if len(chosen) > MOST_TEETH:
        raise FormatError("selection.too_long", "Too many teeth are named")
    return tuple(Selected(tooth, surfaces) for tooth, surfaces in chosen.items())


def written(selection: Iterable[Selected]) -> str:
    """The selection as an address and a form carry it: "16MO 17"."""
    return " ".join(str(each) for each in selection)


# Words that name a kind on the quick line, without accents; the letters of the keys name them too.
_WORDS = {
    "carie": Kind.CARIES,
    "caries": Kind.CARIES,
    "obturation": Kind.FILLING,
    "restauration": Kind.FILLING,
    "composite": Kind.FILLING,
    "amalgame": Kind.FILLING,
    "filling": Kind.FILLING,
    "scellement": Kind.SEALANT,
    "sealant": Kind.SEALANT,
    "facette": Kind.VENEER,
    "veneer": Kind.VENEER,
    "couronne": Kind.CROWN,
    "crown": Kind.CROWN,
    "inlaycore": Kind.INLAY_CORE,
    "inlay-core": Kind.INLAY_CORE,
    "endo": Kind.ROOT_TREATMENT,
    "devitalisee": Kind.ROOT_TREATMENT,
    "fracture": Kind.FRACTURE,
    "extraction": Kind.EXTRACTION,
    "avulsion": Kind.EXTRACTION,
    "absente": Kind.ABSENT,
    "absent": Kind.ABSENT,
    "implant": Kind.IMPLANT,
    "bridge": Kind.BRIDGE_ABUTMENT,
    "prothese": Kind.PROSTHESIS,
    "incluse": Kind.IMPACTED,
    "impacted": Kind.IMPACTED,
    "eruption": Kind.ERUPTING,
    "saine": Kind.SOUND,
    "sound": Kind.SOUND,
    "surveiller": Kind.WATCH,
    "a surveiller": Kind.WATCH,
    "to watch": Kind.WATCH,
    "en eruption": Kind.ERUPTING,
    "a extraire": Kind.EXTRACTION,
    "watch": Kind.WATCH,
}


def unaccented(text: str) -> str:
    """Lower case without accents."""
    folded = normalised("NFKD", normalised("NFKD", text).casefold())
    return "".join(letter for letter in folded if not unicodedata.combining(letter))


def is_printable(text: str) -> bool:
    """Whether a text may be kept: no control characters, which one of the stores refuses."""
    return all(letter.isprintable() or letter in "\u00a0\u202f\u2009" for letter in text)


@dataclass(frozen=True, slots=True)
class Line:
    """What was typed on the quick line: teeth, what was found on them (if it says so), or words to look an act up."""

    selection: tuple[Selected, ...] = ()
    kind: Kind | None = None
    status: Status | None = None
    words: str = ""
    done: bool = False


# The last word of a line about what has just been done, without accents.
_DONE = frozenset({"fait", "faite", "faits", "faites", "done"})
_TEETH = re.compile(r"\d\d(-\d\d)?[A-Za-z]{0,6},?")
_FACES = re.compile(r"[modvlpiMODVLPI]{1,6}")


def parse_line(text: str) -> Line:
    """Read "16 mo c" (caries on 16, mesial and occlusal), "36 x" (to be taken out), "11 k ok" (a crown that is
    there), "16 mo" (only points at the tooth), "détartrage" or "16 HBFD008" (an act to look up, on that tooth).

    The first words are teeth, the next may be faces; a last word that names a kind is one, unless it can only be a
    face. "+" or "!" at the end says planned, "fait" that it has just been done. Teeth may also come last:
    "HBMD049 16 fait".
    Raises FormatError.
    """
    if len(text) > LONGEST_LINE:
        raise FormatError("line.too_long", "The line is too long")
    tokens = text.split()
    done = len(tokens) > 1 and unaccented(tokens[-1]) in _DONE
    if done:
        tokens = tokens[:-1]
    tokens = _teeth_first(tokens)
    named = 0
    while named < len(tokens) and _TEETH.fullmatch(tokens[named]):
        named += 1
    if named == 0:
        return Line(words=" ".join(tokens), done=done)
    faces = ""
    if named < len(tokens) and _FACES.fullmatch(tokens[named]):
        faces = tokens[named]
        named += 1
    rest = tokens[named:]
    selection = parse_selection(" ".join(tokens[: named - bool(faces)]))
    if faces:
        selection = tuple(Selected(each.tooth, each.surfaces + _new_faces(each, faces)) for each in selection)
    planned = bool(rest) and rest[-1] in ("+", "!")
    if planned:
        rest = rest[:-1]
    kind = _kind_of(" ".join(rest)) if rest else None
    if kind is None and rest:
        return Line(selection, status=Status.PLANNED if planned else None, words=" ".join(rest), done=done)
    status = Status.PLANNED if planned else Status.DONE if done else None
    return Line(selection, kind, status, done=done)


def _teeth_first(tokens: list[str]) -> list[str]:
    """Teeth that were typed after the words ("HBMD049 16 mo") put before them."""
    if not tokens or _TEETH.fullmatch(tokens[0]):
        return tokens
    end = len(tokens) - bool(len(tokens) > 2 and _FACES.fullmatch(tokens[-1]))
    start = end
    while start > 1 and _TEETH.fullmatch(tokens[start - 1]) and teeth.is_tooth(tokens[start - 1][:2]):
        start -= 1
    return [*tokens[start:], *tokens[:start]] if start < end else tokens


def _new_faces(selected: Selected, typed: str) -> str:
    found = teeth.parse_surfaces(typed, teeth.tooth(selected.tooth))
    return "".join(surface.value for surface in found if surface.value not in selected.surfaces)


def _kind_of(word: str) -> Kind | None:
    if len(word) == 1:
        return KIND_OF_KEY.get(word.upper())
    return _WORDS.get(unaccented(word))


def status_for(kind: Kind, wanted: Status | None) -> Status:
    """The status that is noted when a kind is pressed and `wanted` is chosen: a caries is never "done", an extraction
    that is only pressed is to be done, a tooth that is absent is simply absent."""
    allowed = STATUSES[kind]
    if wanted in allowed:
        return wanted
    for likely in (Status.EXISTING, Status.WATCH, Status.PLANNED):
        if likely in allowed:
            return likely
    return Status.DONE


def surfaces_for(kind: Kind, surfaces: str, tooth: str) -> str:
    """The faces that are noted: none for what concerns the whole tooth; a sealant alone is occlusal, a veneer
    buccal."""
    if kind not in SURFACE_KINDS:
        return ""
    usual = {Kind.SEALANT: 1, Kind.VENEER: 3}.get(kind)
    if surfaces or usual is None or not teeth.is_tooth(tooth):
        return surfaces
    return teeth.tooth(tooth).surfaces[usual].value


# What an act shows on the chart, by the words of its label (CCAM labels are regular) without accents.
_DRAWN: tuple[tuple[re.Pattern[str], Kind | None], ...] = (
    (re.compile(r"^(ablation|reparation|changement|adjonction|supplement|refection|degagement|consultation|radiograph"
                r"|pose d'un attachement)|cranien"), None),
    (re.compile(r"\bavulsion\b|\bextraction\b"), Kind.EXTRACTION),
    (re.compile(r"comblement \[scellement\]|scellement prophylactique|scellement de sillons"), Kind.SEALANT),
    (re.compile(r"inlay.?core|infrastructure coronoradiculaire|ancrage coronoradiculaire"), Kind.INLAY_CORE),
    (re.compile(r"\bimplants? (intra-?osseux|intra-?oral|endo-?osseux)|pose d'\S+ implant"), Kind.IMPLANT),
    (re.compile(r"\bcouronne (dentaire|transitoire|(dento|implanto)portee|ceram|zircon)"), Kind.CROWN),
    (re.compile(r"\bbridge\b|prothese (dentaire )?plurale"), Kind.BRIDGE_ABUTMENT),
    (re.compile(r"prothese amovible|prothese dentaire amovible"), Kind.PROSTHESIS),
    (re.compile(r"\bfacette\b"), Kind.VENEER),
    (re.compile(r"exerese du contenu canalaire|exerese (partielle )?de la pulpe|obturation radiculaire|desobturation"
                r"|biopulpotomie"), Kind.ROOT_TREATMENT),
    (re.compile(r"^restauration|^reconstitution|inlay|onlay|obturation coronaire"), Kind.FILLING),
)  # fmt: skip


def _plain(label: str) -> str:
    return unaccented(label[:LONGEST_LABEL].replace("’", "'"))


def drawn_by(label: str) -> Kind | None:
    """What an act shows on the chart, from its label; None for what leaves no trace (scaling, radiograph)."""
    words = _plain(label)
    for pattern, kind in _DRAWN:
        if pattern.search(words):
            return kind
    return None


_ON_TEETH = re.compile(
    r"\bd'(une|1) (dent|incisive|canine|premolaire|molaire|racine|pulpe)|\bde \d+ (dents|racines)"
    r"|\bsur (une|1|\d+) dents?|\bd'une? (premiere|deuxieme|troisieme)|retro-?alveolaire|retro-?coronaire"
    r"|radiculaire|secteur de 1 a 3 dents"
)


def takes_teeth(label: str) -> bool:
    """Whether an act is done on teeth that are named, from its label: a filling is, a scaling or a panoramic
    radiograph is not."""
    return drawn_by(label) is not None or _ON_TEETH.search(_plain(label)) is not None


def bridge_roles(chosen: Sequence[str], absent: Iterable[str]) -> dict[str, Kind]:
    """Abutments and pontics of a bridge on these teeth: where no tooth stands is a pontic; the rest carry it."""
    gone = set(absent)
    roles = {tooth: Kind.BRIDGE_PONTIC if tooth in gone else Kind.BRIDGE_ABUTMENT for tooth in chosen}
    if len(chosen) > 2 and Kind.BRIDGE_PONTIC not in roles.values():
        # Nothing was noted as absent yet: the ends carry what is between them.
        roles |= dict.fromkeys(list(chosen)[1:-1], Kind.BRIDGE_PONTIC)
    return roles
