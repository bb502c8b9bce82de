"""Whom the lines of a file are: somebody the practice has, somebody of an earlier line, or nobody yet.

What is looked up is looked up for a batch of lines at once. A rehearsal and the import itself decide alike, because
what counts within one file are the keys that both write on each line.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from cuspide.patients.models import Patient
from cuspide.patients.rules.duplicates import Known, may_be_the_same
from cuspide.patients.rules.names import similar
from cuspide.patients.selectors.duplicates import known
from cuspide.portability.models import Import, ImportRow, KnownAs, Outcome, State
from cuspide.portability.rules.reading import Person, identity_key
from cuspide.portability.rules.reasons import Reason

WROTE = (State.RUNNING, State.DONE, State.UNDOING)
"""Where an import has written patients."""


@dataclass(frozen=True)
class Line:
    """An earlier line of the same file. `patient_uuid` is None for one that this batch or a rehearsal would create."""

    number: int
    identity_key: str
    nir_key: str
    source_number: str
    patient_uuid: UUID | None


@dataclass(frozen=True)
class Decision:
    """What becomes of a person: she is `patient`, or whoever line `as_line` is, or somebody new; or `refused`."""

    person: Person
    patient: Patient | None = None
    as_line: Line | None = None
    refused: Reason | None = None
    nothing_new: bool = False


@dataclass
class Matcher:
    """Answers for one batch. Made by `prepare`, asked line after line."""

    of: Import
    by_earlier_import: dict[int, Patient] = field(default_factory=dict)
    by_number: dict[str, Patient] = field(default_factory=dict)
    numbers_of: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    by_nir: dict[str, Patient] = field(default_factory=dict)
    by_key: dict[str, list[Patient]] = field(default_factory=lambda: defaultdict(list))
    by_day: dict[str, list[Patient]] = field(default_factory=lambda: defaultdict(list))
    line_by_number: dict[str, Line] = field(default_factory=dict)
    line_by_nir: dict[str, Line] = field(default_factory=dict)
    lines_by_key: dict[str, list[Line]] = field(default_factory=lambda: defaultdict(list))

    def decide(self, person: Person) -> Decision:
        """Whom this line is. The line is remembered for those that follow."""
        decision = self._decide(person)
        if decision.refused is None:
            kept = decision.person
            uuid = decision.patient.uuid if decision.patient else None
            if decision.as_line is not None:
                uuid = decision.as_line.patient_uuid
            made = decision.as_line.number if decision.as_line and uuid is None else kept.line
            self.remember(Line(made, kept.identity_key, kept.nir_key, kept.source_number, uuid))
        return decision

    def remember(self, line: Line) -> None:
        if line.source_number:
            self.line_by_number.setdefault(line.source_number, line)
        if line.nir_key:
            self.line_by_nir.setdefault(line.nir_key, line)
        if line.identity_key:
            self.lines_by_key[line.identity_key].append(line)

    def _decide(self, person: Person) -> Decision:
        if (earlier := self.by_earlier_import.get(person.line)) is not None:
            return Decision(person.noting(("earlier_import", {})), patient=earlier, nothing_new=True)
        if person.source_number:
            if (line := self.line_by_number.get(person.source_number)) is not None:
                if line.identity_key == person.identity_key:
                    return _as(person, line)
                return Decision(person, refused=("number_twice", {"line": line.number}))
            if (patient := self.by_number.get(person.source_number)) is not None:
                if _plausible(person, patient):
                    return Decision(person, patient=patient)
                return Decision(person, refused=("number_of_another", {"number": patient.number}))
        if person.nir_key:
            if (line := self.line_by_nir.get(person.nir_key)) is not None:
                if line.identity_key != person.identity_key:
                    person = person.without_nir(("nir_twice", {"line": line.number}))
            elif (patient := self.by_nir.get(person.identity.nir)) is not None:
                if _plausible(person, patient):
                    return Decision(person, patient=patient)
                person = person.without_nir(("nir_of_another", {"number": patient.number}))
        return self._by_name(person)

    def _by_name(self, person: Person) -> Decision:
        key = person.identity_key
        if not key:
            return Decision(self._doubted(person))
        lines = self.lines_by_key.get(key, [])
        for line in lines:
            other_nir = person.nir_key and line.nir_key and person.nir_key != line.nir_key
            other_number = person.source_number and line.source_number and person.source_number != line.source_number
            if not other_nir and not other_number:
                return _as(person, line)
        patients = self.by_key.get(key, [])
        for patient in patients:
            other_nir = bool(person.identity.nir and patient.nir and person.identity.nir != patient.nir)
            if not other_nir and not (person.source_number and self.numbers_of.get(patient.pk)):
                return Decision(person, patient=patient)
        if lines:
            return Decision(person.noting(("homonym_line", {"line": lines[0].number})))
        if patients:
            code = "homonym" if self.numbers_of.get(patients[0].pk) else "another_nir"
            return Decision(person.noting((code, {"number": patients[0].number})))
        return Decision(self._doubted(person))

    def _doubted(self, person: Person) -> Person:
        sought = _known(person)
        for patient in self.by_day.get(person.identity.birth_date, []):
            if may_be_the_same(sought, known(patient)):
                return person.noting(("may_be", {"number": patient.number}))
        return person


def _as(person: Person, line: Line) -> Decision:
    return Decision(person.noting(("earlier_line", {"line": line.number})), as_line=line)


def _known(person: Person) -> Known:
    identity = person.identity
    return Known(
        family_names=(identity.birth_name, identity.used_name),
        given_names=(identity.first_birth_given_name, identity.used_given_name),
        birth_date=identity.birth_date,
        nir=identity.nir,
    )


def _plausible(person: Person, patient: Patient) -> bool:
    """Whether somebody of the same number or NIR may be she: the same birth date, or names that are alike."""
    if person.identity.birth_date == patient.birth_date:
        return True
    one, other = _known(person), known(patient)

    def alike(ones: Iterable[str], others: Sequence[str]) -> bool:
        return any(similar(a, b) for a in ones if a for b in others if b)

    return alike(one.family_names, other.family_names) and alike(one.given_names, other.given_names)


def prepare(of: Import, people: Sequence[Person]) -> Matcher:
    """Look up all that these people may be. At most eight queries."""
    matcher = Matcher(of)
    if not people:
        return matcher
    keys = {person.identity_key for person in people} - {""}
    nirs = {person.identity.nir for person in people} - {""}
    numbers = {person.source_number for person in people} - {""}
    _lines_before(matcher, people, keys, numbers)
    living = Patient.objects.filter(merged_into__isnull=True)
    found: dict[int, Patient] = {}
    days = {person.identity.born_on for person in people}
    if of.newest_before:
        for patient in living.filter(born_on__in=days, pk__lte=of.newest_before).order_by("pk"):
            found[patient.pk] = patient
            matcher.by_day[patient.birth_date].append(patient)
    if nirs:
        for patient in living.filter(nir__in=nirs).order_by("-pk"):
            matcher.by_nir[patient.nir] = patient
    _by_source(matcher, numbers)
    _by_other_imports(matcher, keys, found)
    for patient in found.values():
        for key in _keys(patient) & keys:
            matcher.by_key[key].append(patient)
    candidates = {patient.pk for key in keys for patient in matcher.by_key.get(key, [])}
    if numbers and candidates:
        for row in KnownAs.objects.filter(patient__in=candidates, source=of.source):
            matcher.numbers_of[row.patient_id].add(row.number)
    _by_same_file(matcher, people)
    return matcher


def _keys(patient: Patient) -> set[str]:
    given = {patient.first_birth_given_name, patient.used_given_name}
    family = {patient.birth_name, patient.used_name}
    return {identity_key(name, first, patient.birth_date) for name in family for first in given} - {""}


def _lines_before(matcher: Matcher, people: Sequence[Person], keys: set[str], numbers: set[str]) -> None:
    """What earlier batches of this import wrote. One query for each kind of key."""
    # The keys of other tables are empty; without naming the empty ones an index that leaves them out is not used.
    # By identity the import is not named: a store that is told of it reads all its lines instead of a few by their key.
    lines = ImportRow.objects.exclude(outcome=Outcome.REFUSED).order_by()
    of_this = lines.filter(of=matcher.of)
    nir_keys = {person.nir_key for person in people} - {""}
    found: dict[int, Line] = {}
    by_key = (("identity_key", keys, lines), ("source_number", numbers, of_this), ("nir_key", nir_keys, of_this))
    for name, wanted, rows in by_key:
        if wanted:
            values = rows.filter(**{f"{name}__in": wanted}).exclude(**{name: ""})
            told = values.values_list("of_id", "line", "identity_key", "nir_key", "source_number", "patient_uuid")
            found.update((row[1], Line(*row[1:])) for row in told if row[0] == matcher.of.pk)
    for _number, line in sorted(found.items()):
        matcher.remember(line)


def _by_source(matcher: Matcher, numbers: set[str]) -> None:
    if not numbers:
        return
    rows = KnownAs.objects.filter(source=matcher.of.source, number__in=numbers).exclude(of=matcher.of)
    for row in rows.select_related("patient__merged_into"):
        matcher.by_number[row.number] = _living(row.patient)


def _by_other_imports(matcher: Matcher, keys: set[str], found: dict[int, Patient]) -> None:
    """Whom another import made or met under these names, perhaps a moment ago."""
    if not keys:
        return
    rows = ImportRow.objects.filter(identity_key__in=keys, patient_uuid__isnull=False, of__state__in=WROTE)
    uuids = {
        uuid
        for uuid in rows.exclude(of=matcher.of).exclude(identity_key="").values_list("patient_uuid", flat=True)
        if uuid
    }
    if uuids:
        for patient in Patient.objects.filter(uuid__in=uuids).select_related("merged_into"):
            living = _living(patient)
            found.setdefault(living.pk, living)


def _by_same_file(matcher: Matcher, people: Sequence[Person]) -> None:
    """Whom the same lines were, when the same file was brought in before."""
    before = (
        Import.objects.filter(sha256=matcher.of.sha256, state=State.DONE, source=matcher.of.source)
        .exclude(pk=matcher.of.pk)
        .order_by("-pk")
        .first()
    )
    if before is None:
        return
    lines = [person.line for person in people]
    met = ImportRow.objects.filter(of=before, table="", line__in=lines, patient_uuid__isnull=False)
    rows = {line: uuid for line, uuid in met.values_list("line", "patient_uuid") if uuid}
    patients = Patient.objects.filter(uuid__in=set(rows.values())).select_related("merged_into")
    by_uuid = {patient.uuid: _living(patient) for patient in patients}
    matcher.by_earlier_import = {line: by_uuid[uuid] for line, uuid in rows.items() if uuid in by_uuid}


def _living(patient: Patient) -> Patient:
    """Who somebody is now, after merges."""
    while patient.merged_into is not None:
        patient = patient.merged_into
    return patient
