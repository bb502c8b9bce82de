"""Files as other programs write them, brought in as a person or an operator would."""

from collections.abc import Iterable, Sequence

from cuspide.core.actor import Actor
from cuspide.portability.models import Import, ImportRow
from cuspide.portability.services import filing, undoing, working

HEADER = "N° dossier;Nom;Nom de naissance;Prénom;Sexe;Né(e) le;N° SS;Portable;Tél. fixe;E-mail;Adresse;CP;Ville"
LEA = "12;MARTIN;DUBOIS;Léa;F;07/03/1984;284032636212355;06 39 98 12 34;;lea@example.org;3 rue du Bac;26000;VALENCE"
PAUL = "13;MARTIN;;Paul;M;21/09/1979;;0639981235;04 65 71 00 12;;3 rue du Bac;26000;VALENCE"
BAD = "14;PETIT;;Zoé;F;hier;;;;;;;"


def csv(*lines: str, header: str = HEADER) -> bytes:
    return ("\r\n".join([header, *lines]) + "\r\n").encode()


def in_pieces(content: bytes, size: int = 1000) -> Iterable[bytes]:
    return (content[start : start + size] for start in range(0, len(content), size))


def take(actor: Actor, content: bytes, source: str = "Ancien logiciel") -> Import:
    return filing.take_in(actor, "patients.csv", in_pieces(content), source=source)


def rehearse(actor: Actor, content: bytes, source: str = "Ancien logiciel") -> Import:
    return working.work(working.rehearse(actor, take(actor, content, source)).pk)


def bring_in(actor: Actor, content: bytes, source: str = "Ancien logiciel") -> Import:
    return working.work(working.run(actor, take(actor, content, source)).pk)


def undo(actor: Actor, of: Import) -> Import:
    return undoing.work(undoing.undo(actor, of).pk)


def outcomes(of: Import) -> Sequence[tuple[int, str]]:
    return list(ImportRow.objects.filter(of=of).order_by("line").values_list("line", "outcome"))


def codes(of: Import, line: int) -> set[str]:
    return {code for code, _params in ImportRow.objects.get(of=of, line=line).reasons}
