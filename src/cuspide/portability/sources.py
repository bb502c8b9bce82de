"""The file of an import, as it lies in the store, read as a table."""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict

from cuspide.formats import delimited, fhir_patients, open_dental, open_dental_records, vcard, xlsx
from cuspide.formats.open_dental_records import Record
from cuspide.formats.table import Table
from cuspide.portability.models import Import, ImportPart

PART = 1024 * 1024
"""Bytes of a piece before it is packed."""


def keep(of: Import, chunks: Iterable[bytes]) -> None:
    """Keep a file in pieces, inside the caller's transaction."""
    for position, piece in enumerate(_pieces(chunks)):
        ImportPart.objects.create(of=of, position=position, content=zlib.compress(piece, 6))


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    held = bytearray()
    for chunk in chunks:
        held += chunk
        while len(held) >= PART:
            yield bytes(held[:PART])
            del held[:PART]
    if held:
        yield bytes(held)


def content(of: Import) -> Iterator[bytes]:
    """The file, piece after piece: one of them in memory at a time."""
    position = 0
    while (part := ImportPart.objects.filter(of=of, position=position).first()) is not None:
        yield zlib.decompress(bytes(part.content))
        position += 1


def kind_of(sample: bytes) -> str:
    """What a file is, by what it holds and never by its name."""
    for kind, is_one in _IS_ONE.items():
        if is_one(sample):
            return kind
    return "csv"


_IS_ONE = {"xlsx": xlsx.is_one, "vcard": vcard.is_one, "fhir": fhir_patients.is_one,
           "opendental": open_dental.is_one}  # fmt: skip


def left_in(of: Import) -> dict[str, object]:
    """What the file holds of patients and is not brought in: how many of what. It is read whole for that."""
    return {"left": open_dental.count(content(of))} if of.kind == "opendental" else {}


def places_in(of: Import) -> dict[str, object]:
    """What appointments of the file name, by kind: number to name there. It is read whole for that."""
    if of.kind != "opendental":
        return {}
    found = open_dental_records.lists(content(of))
    named = {"operatory": found.operatories, "provider": found.providers, "type": found.types}
    return {
        kind: {number: names.get(number, "") for number in sorted(found.used[kind], key=lambda each: (len(each), each))}
        for kind, names in named.items()
    }


def records(of: Import) -> Iterator[Record]:
    """What the file holds besides its patients and is brought in with them."""
    if of.kind == "opendental":
        yield from open_dental_records.records(content(of), open_dental_records.lists(content(of)))


def detect(sample: bytes) -> dict[str, object]:
    return asdict(delimited.detect(sample))


def table(of: Import) -> Table:
    """The file from its beginning. Raises FormatError."""
    if of.kind == "xlsx":
        # The library wants it whole; one that is larger than it takes is not even put together.
        return xlsx.read(b"".join(content(of)) if of.size <= xlsx.LARGEST else b"", of.size)
    if of.kind == "vcard":
        return vcard.read(content(of))
    if of.kind == "fhir":
        return fhir_patients.read(content(of))
    if of.kind == "opendental":
        return open_dental.read(content(of))
    return delimited.read(content(of), delimited.Dialect(**of.dialect))
