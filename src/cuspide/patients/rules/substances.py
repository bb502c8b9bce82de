"""Substances and classes that an alert may be about: what is recognised in words, and whom an allergy warns of.

A small list of what a dental practice gives, meets or must reckon with. Names were compared on 2026-12-01 with the
public medicines database (BDPM, files of May 2026). Codes are never reused: alerts keep them. What is not here is
written in free words, and of that nothing is concluded: not being warned is no permission. Pure.
"""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from django.utils.translation import pgettext_lazy

from cuspide.patients.rules.names import fold


@dataclass(frozen=True)
class DrugClass:
    """`short` stands in brackets after a substance; `crosses` are classes to which an allergy may extend."""

    code: str
    label: Any
    short: Any
    called: str
    crosses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Substance:
    """`called`: by which words it is known, brand names among them, apart by commas."""

    code: str
    label: Any
    classes: tuple[str, ...]
    called: str


_ALL_CLASSES = (
    DrugClass(
        "penicillins",
        pgettext_lazy("substance", "Penicillins"),
        pgettext_lazy("substance", "penicillins"),
        "pénicilline, penicillin, bêta-lactamines, beta-lactams",
        ("cephalosporins",),
    ),
    DrugClass(
        "cephalosporins",
        pgettext_lazy("substance", "Cephalosporins"),
        pgettext_lazy("substance", "cephalosporins"),
        "céphalosporine, cephalosporin, C3G",
        ("penicillins",),
    ),
    DrugClass(
        "macrolides",
        pgettext_lazy("substance", "Macrolides"),
        pgettext_lazy("substance", "macrolides"),
        "macrolide",
    ),
    DrugClass(
        "lincosamides",
        pgettext_lazy("substance", "Lincosamides"),
        pgettext_lazy("substance", "lincosamides"),
        "lincosamide",
    ),
    DrugClass(
        "nitroimidazoles",
        pgettext_lazy("substance", "Nitroimidazoles"),
        pgettext_lazy("substance", "nitroimidazoles"),
        "nitro-imidazolé, nitroimidazole, imidazolés",
    ),
    DrugClass(
        "tetracyclines",
        pgettext_lazy("substance", "Tetracyclines"),
        pgettext_lazy("substance", "tetracyclines"),
        "tétracycline, cyclines",
    ),
    DrugClass(
        "quinolones",
        pgettext_lazy("substance", "Quinolones"),
        pgettext_lazy("substance", "quinolones"),
        "quinolone, fluoroquinolone",
    ),
    DrugClass(
        "nsaids",
        pgettext_lazy("substance", "Aspirin and NSAIDs"),
        pgettext_lazy("substance", "NSAIDs"),
        "aspirine et AINS, AINS, anti-inflammatoires non stéroïdiens, NSAID",
    ),
    DrugClass(
        "opioids",
        pgettext_lazy("substance", "Opioids"),
        pgettext_lazy("substance", "opioids"),
        "opioïde, opiacés, opioid",
    ),
    DrugClass(
        "local_anaesthetics",
        pgettext_lazy("substance", "Local anaesthetics (amides)"),
        pgettext_lazy("substance", "local anaesthetics"),
        "anesthésiques locaux, anesthésique local, anesthésie locale, local anaesthetic, local anesthetic",
    ),
    DrugClass(
        "vka",
        pgettext_lazy("substance", "Vitamin K antagonists (VKA)"),
        pgettext_lazy("substance", "VKA"),
        "AVK, antivitamine K, anti-vitamine K, vitamin K antagonist, VKA",
    ),
    DrugClass(
        "doac",
        pgettext_lazy("substance", "Direct oral anticoagulants"),
        pgettext_lazy("substance", "DOAC"),
        "anticoagulant oral direct, anticoagulants oraux directs, AOD, direct oral anticoagulant, DOAC",
    ),
    DrugClass(
        "heparins",
        pgettext_lazy("substance", "Heparins"),
        pgettext_lazy("substance", "heparins"),
        "héparine, HBPM, heparin",
    ),
    DrugClass(
        "antiplatelets",
        pgettext_lazy("substance", "Platelet inhibitors"),
        pgettext_lazy("substance", "platelet inhibitors"),
        "antiagrégant plaquettaire, antiagrégants, anti-agrégant, AAP, platelet inhibitor",
    ),
    DrugClass(
        "bisphosphonates",
        pgettext_lazy("substance", "Bisphosphonates"),
        pgettext_lazy("substance", "bisphosphonates"),
        "bisphosphonate, biphosphonate, diphosphonate",
    ),
    DrugClass(
        "immunosuppressants",
        pgettext_lazy("substance", "Immunosuppressants"),
        pgettext_lazy("substance", "immunosuppressants"),
        "immunosuppresseur, immunosuppressant",
    ),
    DrugClass(
        "antiangiogenics",
        pgettext_lazy("substance", "Antiangiogenics"),
        pgettext_lazy("substance", "antiangiogenics"),
        "antiangiogénique, anti-angiogénique, antiangiogenic",
    ),
)

_ALL_SUBSTANCES = (
    Substance(
        "amoxicillin",
        pgettext_lazy("substance", "Amoxicillin"),
        ("penicillins",),
        "amoxicilline, Clamoxyl, Augmentin, acide clavulanique",
    ),
    Substance(
        "penicillin_v",
        pgettext_lazy("substance", "Phenoxymethylpenicillin"),
        ("penicillins",),
        "phénoxyméthylpénicilline, pénicilline V, Oracilline",
    ),
    Substance(
        "penicillin_g",
        pgettext_lazy("substance", "Benzylpenicillin"),
        ("penicillins",),
        "benzylpénicilline, pénicilline G, benzathine benzylpénicilline, Extencilline",
    ),
    Substance(
        "cloxacillin",
        pgettext_lazy("substance", "Cloxacillin"),
        ("penicillins",),
        "cloxacilline, Orbénine",
    ),
    Substance(
        "cefuroxime",
        pgettext_lazy("substance", "Cefuroxime"),
        ("cephalosporins",),
        "céfuroxime, Zinnat",
    ),
    Substance(
        "cefpodoxime",
        pgettext_lazy("substance", "Cefpodoxime"),
        ("cephalosporins",),
        "cefpodoxime, Orelox",
    ),
    Substance(
        "ceftriaxone",
        pgettext_lazy("substance", "Ceftriaxone"),
        ("cephalosporins",),
        "ceftriaxone, Rocéphine",
    ),
    Substance(
        "spiramycin",
        pgettext_lazy("substance", "Spiramycin"),
        ("macrolides",),
        "spiramycine, Rovamycine",
    ),
    Substance(
        "spiramycin_metronidazole",
        pgettext_lazy("substance", "Spiramycin with metronidazole"),
        ("macrolides", "nitroimidazoles"),
        "spiramycine métronidazole, spiramycine et métronidazole, Rodogyl, Birodogyl",
    ),
    Substance(
        "azithromycin",
        pgettext_lazy("substance", "Azithromycin"),
        ("macrolides",),
        "azithromycine, Zithromax",
    ),
    Substance(
        "clarithromycin",
        pgettext_lazy("substance", "Clarithromycin"),
        ("macrolides",),
        "clarithromycine, Zeclar",
    ),
    Substance(
        "erythromycin",
        pgettext_lazy("substance", "Erythromycin"),
        ("macrolides",),
        "érythromycine, Erythrocine",
    ),
    Substance(
        "clindamycin",
        pgettext_lazy("substance", "Clindamycin"),
        ("lincosamides",),
        "clindamycine, Dalacine",
    ),
    Substance("pristinamycin", pgettext_lazy("substance", "Pristinamycin"), (), "pristinamycine, Pyostacine"),
    Substance(
        "metronidazole",
        pgettext_lazy("substance", "Metronidazole"),
        ("nitroimidazoles",),
        "métronidazole, Flagyl",
    ),
    Substance("doxycycline", pgettext_lazy("substance", "Doxycycline"), ("tetracyclines",), "doxycycline, Doxy"),
    Substance(
        "ciprofloxacin",
        pgettext_lazy("substance", "Ciprofloxacin"),
        ("quinolones",),
        "ciprofloxacine, Ciflox",
    ),
    Substance(
        "levofloxacin",
        pgettext_lazy("substance", "Levofloxacin"),
        ("quinolones",),
        "lévofloxacine, Tavanic",
    ),
    Substance(
        "aspirin",
        pgettext_lazy("substance", "Aspirin"),
        ("nsaids", "antiplatelets"),
        "aspirine, acide acétylsalicylique, Aspégic, Kardégic",
    ),
    Substance(
        "ibuprofen",
        pgettext_lazy("substance", "Ibuprofen"),
        ("nsaids",),
        "ibuprofène, Advil, Nurofen, Spedifen, Antarène",
    ),
    Substance("ketoprofen", pgettext_lazy("substance", "Ketoprofen"), ("nsaids",), "kétoprofène, Profénid"),
    Substance("naproxen", pgettext_lazy("substance", "Naproxen"), ("nsaids",), "naproxène, Apranax, Naprosyne"),
    Substance(
        "flurbiprofen", pgettext_lazy("substance", "Flurbiprofen"), ("nsaids",), "flurbiprofène, Antadys, Cebutid"
    ),
    Substance("diclofenac", pgettext_lazy("substance", "Diclofenac"), ("nsaids",), "diclofénac, Voltarène"),
    Substance(
        "tiaprofenic", pgettext_lazy("substance", "Tiaprofenic acid"), ("nsaids",), "acide tiaprofénique, Surgam"
    ),
    Substance("celecoxib", pgettext_lazy("substance", "Celecoxib"), ("nsaids",), "célécoxib, Celebrex"),
    Substance(
        "paracetamol", pgettext_lazy("substance", "Paracetamol"), (), "paracétamol, Doliprane, Dafalgan, Efferalgan"
    ),
    Substance("codeine", pgettext_lazy("substance", "Codeine"), ("opioids",), "codéine, Codoliprane"),
    Substance(
        "tramadol",
        pgettext_lazy("substance", "Tramadol"),
        ("opioids",),
        "tramadol, Topalgic, Contramal, Ixprim",
    ),
    Substance("morphine", pgettext_lazy("substance", "Morphine"), ("opioids",), "morphine, Skenan, Oramorph"),
    Substance(
        "opium",
        pgettext_lazy("substance", "Opium powder"),
        ("opioids",),
        "poudre d’opium, opium, Lamaline, Izalgi",
    ),
    Substance(
        "articaine",
        pgettext_lazy("substance", "Articaine"),
        ("local_anaesthetics",),
        "articaïne, Septanest, Ubistesin, Artinibsa, Alphacaïne, Primacaïne, Orabloc",
    ),
    Substance(
        "mepivacaine",
        pgettext_lazy("substance", "Mepivacaine"),
        ("local_anaesthetics",),
        "mépivacaïne, Scandonest, Carbocaïne",
    ),
    Substance(
        "lidocaine",
        pgettext_lazy("substance", "Lidocaine"),
        ("local_anaesthetics",),
        "lidocaïne, Xylocaïne, Xylonor, Emla",
    ),
    Substance("fluindione", pgettext_lazy("substance", "Fluindione"), ("vka",), "fluindione, Previscan"),
    Substance("warfarin", pgettext_lazy("substance", "Warfarin"), ("vka",), "warfarine, Coumadine"),
    Substance(
        "acenocoumarol",
        pgettext_lazy("substance", "Acenocoumarol"),
        ("vka",),
        "acénocoumarol, Sintrom, Mini-Sintrom",
    ),
    Substance("apixaban", pgettext_lazy("substance", "Apixaban"), ("doac",), "apixaban, Eliquis"),
    Substance("rivaroxaban", pgettext_lazy("substance", "Rivaroxaban"), ("doac",), "rivaroxaban, Xarelto"),
    Substance("dabigatran", pgettext_lazy("substance", "Dabigatran"), ("doac",), "dabigatran, Pradaxa"),
    Substance("enoxaparin", pgettext_lazy("substance", "Enoxaparin"), ("heparins",), "énoxaparine, Lovenox"),
    Substance("tinzaparin", pgettext_lazy("substance", "Tinzaparin"), ("heparins",), "tinzaparine, Innohep"),
    Substance("clopidogrel", pgettext_lazy("substance", "Clopidogrel"), ("antiplatelets",), "clopidogrel, Plavix"),
    Substance("ticagrelor", pgettext_lazy("substance", "Ticagrelor"), ("antiplatelets",), "ticagrélor, Brilique"),
    Substance("prasugrel", pgettext_lazy("substance", "Prasugrel"), ("antiplatelets",), "prasugrel, Efient"),
    Substance(
        "alendronic_acid",
        pgettext_lazy("substance", "Alendronic acid"),
        ("bisphosphonates",),
        "acide alendronique, alendronate, Fosamax, Fosavance, Adrovance",
    ),
    Substance(
        "risedronic_acid",
        pgettext_lazy("substance", "Risedronic acid"),
        ("bisphosphonates",),
        "acide risédronique, risédronate, Actonel",
    ),
    Substance(
        "ibandronic_acid",
        pgettext_lazy("substance", "Ibandronic acid"),
        ("bisphosphonates",),
        "acide ibandronique, ibandronate, Bonviva",
    ),
    Substance(
        "zoledronic_acid",
        pgettext_lazy("substance", "Zoledronic acid"),
        ("bisphosphonates",),
        "acide zolédronique, zolédronate, Zometa, Aclasta",
    ),
    Substance("denosumab", pgettext_lazy("substance", "Denosumab"), (), "dénosumab, Prolia, Xgeva"),
    Substance("romosozumab", pgettext_lazy("substance", "Romosozumab"), (), "romosozumab, Evenity"),
    Substance("bevacizumab", pgettext_lazy("substance", "Bevacizumab"), ("antiangiogenics",), "bévacizumab, Avastin"),
    Substance("sunitinib", pgettext_lazy("substance", "Sunitinib"), ("antiangiogenics",), "sunitinib, Sutent"),
    Substance(
        "methotrexate",
        pgettext_lazy("substance", "Methotrexate"),
        ("immunosuppressants",),
        "méthotrexate, Imeth, Novatrex, Metoject",
    ),
    Substance(
        "ciclosporin",
        pgettext_lazy("substance", "Ciclosporin"),
        ("immunosuppressants",),
        "ciclosporine, Néoral",
    ),
    Substance(
        "tacrolimus",
        pgettext_lazy("substance", "Tacrolimus"),
        ("immunosuppressants",),
        "tacrolimus, Prograf, Advagraf",
    ),
    Substance(
        "azathioprine",
        pgettext_lazy("substance", "Azathioprine"),
        ("immunosuppressants",),
        "azathioprine, Imurel",
    ),
    Substance("latex", pgettext_lazy("substance", "Latex"), (), "latex"),
    Substance("iodine", pgettext_lazy("substance", "Iodine"), (), "iode, iodine, Bétadine, povidone iodée"),
    Substance(
        "chlorhexidine",
        pgettext_lazy("substance", "Chlorhexidine"),
        (),
        "chlorhexidine, Eludril, Paroex",
    ),
    Substance("nickel", pgettext_lazy("substance", "Nickel"), (), "nickel"),
    Substance("methacrylates", pgettext_lazy("substance", "Methacrylates"), (), "méthacrylates, acrylates, HEMA"),
    Substance("sulfites", pgettext_lazy("substance", "Sulfites"), (), "sulfites, métabisulfite"),
)

CLASSES = {one.code: one for one in _ALL_CLASSES}
SUBSTANCES = {one.code: one for one in _ALL_SUBSTANCES}

AS_OF = dt.date(2026, 12, 1)
"""Day of this list."""

_NO_WORD = re.compile(r"[^a-z0-9]+")


def _key(text: str) -> str:
    """Words for comparing: folded, without signs, and without the s of a plural."""
    return " ".join(word.rstrip("s") if len(word) > 3 else word for word in _NO_WORD.split(fold(text)) if word)


@dataclass(frozen=True)
class Known:
    """What words are about: a substance with its first class, or a class alone. Empty codes: nothing of this list."""

    substance: str = ""
    drug_class: str = ""

    def __bool__(self) -> bool:
        return bool(self.substance or self.drug_class)


@cache
def _names() -> dict[str, Known]:
    """By their key, all words by which something is known. English names are the codes' own."""
    found: dict[str, Known] = {}
    for substance in _ALL_SUBSTANCES:
        known = Known(substance.code, substance.classes[0] if substance.classes else "")
        for name in (substance.code.replace("_", " "), *substance.called.split(",")):
            found[_key(name)] = known
    for drug_class in _ALL_CLASSES:
        for name in (drug_class.code.replace("_", " "), *drug_class.called.split(",")):
            found[_key(name)] = Known("", drug_class.code)
    return found


_MOST_WORDS = 6


def recognise(text: str) -> Known:
    """What a text names: the longest name of the list that stands in it as whole words."""
    words = _key(text[:500]).split()
    names = _names()
    for length in range(min(_MOST_WORDS, len(words)), 0, -1):
        for start in range(len(words) - length + 1):
            known = names.get(" ".join(words[start : start + length]))
            if known is not None:
                return known
    return Known()


def names_offered() -> list[str]:
    """What is proposed while somebody types: substances, brands and classes, as they are written."""
    offered = [str(one.label) for one in (*_ALL_CLASSES, *_ALL_SUBSTANCES)]
    offered += [name.strip() for one in _ALL_SUBSTANCES for name in one.called.split(",") if name.strip()[0].isupper()]
    return list(dict.fromkeys(offered))


def members(drug_class: str) -> list[Substance]:
    """The substances of a class: of each of them somebody who is allergic to the class is warned."""
    return [one for one in _ALL_SUBSTANCES if drug_class in one.classes]


def class_named(code: str, label: str) -> Any:
    """The short name of a class where the words of an alert do not say it already; else nothing."""
    found = CLASSES.get(code)
    if found is None or recognise(label) == Known("", code):
        return ""
    return found.short


class About(Protocol):
    """What is asked of an alert."""

    kind: Any
    substance: Any
    drug_class: Any


REFUSED_KINDS = ("allergy", "intolerance")


def warns(alert: About, given: Known) -> str:
    """Why an allergy or intolerance warns of what is to be given: `same`, `class`, `crossing`, or nothing."""
    if alert.kind not in REFUSED_KINDS or not given:
        return ""
    if alert.substance and alert.substance == given.substance:
        return "same"
    held = {alert.drug_class, *_classes_of(alert.substance)} - {""}
    wanted = {given.drug_class, *_classes_of(given.substance)} - {""}
    if held & wanted:
        return "class"
    return "crossing" if any(set(CLASSES[one].crosses) & wanted for one in held if one in CLASSES) else ""


def _classes_of(substance: str) -> Iterable[str]:
    found = SUBSTANCES.get(substance)
    return found.classes if found else ()
