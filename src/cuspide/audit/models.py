"""The trace's tables. Rows are added and never changed: the ORM refuses; the chain shows who went around it."""

from typing import Any, ClassVar, NoReturn

from django.db import models
from django.db.models import Q

from cuspide.core import clock
from cuspide.core.models import Exported


class Immutable(Exception):
    """Somebody tried to change or delete what is only ever added to."""

    def __init__(self) -> None:
        super().__init__("the trace is only added to")


class AddOnlyQuerySet(models.QuerySet[Any]):
    """A query set that reads and adds."""

    def _refuse(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise Immutable

    update = _refuse
    aupdate = _refuse
    delete = _refuse
    adelete = _refuse
    bulk_update = _refuse
    abulk_update = _refuse
    update_or_create = _refuse
    aupdate_or_create = _refuse
    _raw_delete = _refuse
    _update = _refuse

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> Any:
        if kwargs.get("update_conflicts") or (len(args) > 2 and args[2]):
            raise Immutable
        return super().bulk_create(objs, *args, **kwargs)


class AddOnly(models.Model):
    """A record that can be added and not changed."""

    objects = AddOnlyQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding or kwargs.get("force_update"):
            raise Immutable
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise Immutable


class Room(models.Func):
    """The room of an action: "patients" of "patients.record". Without parameters, so that its index is found."""

    output_field = models.CharField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = "substr(%(expressions)s, 1, instr(%(expressions)s, '.') - 1)"
        return self.as_sql(compiler, connection, template=template, **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="split_part(%(expressions)s, '.', 1)", **extra)


class Entry(Exported, AddOnly):
    """One act of one person on one thing. Sequence and chain are null until the sealer gives them.

    The columns name people and things by number or uuid and point at no other table: nothing cascades here, and the
    trace outlives what it tells of.
    """

    at = models.DateTimeField(default=clock.now, db_index=True)
    actor_user_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=150)
    role = models.CharField(max_length=80, blank=True)
    workstation = models.CharField(max_length=80, blank=True)
    action = models.CharField(max_length=80)
    subject_kind = models.CharField(max_length=80, blank=True)
    subject_uuid = models.UUIDField(null=True)
    patient_uuid = models.UUIDField(null=True)
    site_id = models.BigIntegerField(null=True)
    digest = models.BinaryField(max_length=32, default=b"")
    sequence = models.BigIntegerField(null=True, unique=True)
    chain = models.BinaryField(max_length=32, null=True)

    class Meta(AddOnly.Meta):
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                name="audit_entry_sealed_whole",
                condition=Q(sequence__isnull=True, chain__isnull=True)
                | Q(sequence__isnull=False, sequence__gte=1, chain__isnull=False),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="audit_entry_pending", fields=["id"], condition=Q(sequence__isnull=True)),
            # One behind each filter of the reading page, in the order in which it is read.
            models.Index(
                name="audit_entry_patient_at", fields=["patient_uuid", "at"], condition=Q(patient_uuid__isnull=False)
            ),
            models.Index(name="audit_entry_actor_at", fields=["actor_user_id", "at"]),
            models.Index(name="audit_entry_place_at", fields=["workstation", "at"]),
            models.Index(name="audit_entry_action_at", fields=["action", "at"]),
            models.Index(Room("action"), "at", name="audit_entry_room_at"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.uuid}"


class Payload(AddOnly):
    """The detail of an entry: canonical JSON and the salt of its digest. Retention empties both and keeps the row."""

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, primary_key=True, related_name="payload")
    salt = models.BinaryField(max_length=16)
    body = models.TextField()
    emptied_at = models.DateTimeField(null=True)

    class Meta(AddOnly.Meta):
        pass

    def __str__(self) -> str:
        return f"payload of {self.entry_id}"


class Head(models.Model):
    """Where the sealer left the chain: one row, written in the transaction of each sealing."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    sequence = models.BigIntegerField(default=0)
    chain = models.BinaryField(max_length=32)
    mac = models.BinaryField(max_length=32)
    sealed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [models.CheckConstraint(name="audit_head_alone", condition=Q(id=1))]

    def __str__(self) -> str:
        return f"head {self.sequence}"


class Keeping(models.Model):
    """For how long details are kept, and the entry through which retention has emptied all: one row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    months = models.PositiveSmallIntegerField(default=12)
    reached = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(name="audit_keeping_alone", condition=Q(id=1)),
            models.CheckConstraint(name="audit_keeping_lawful", condition=Q(months__gte=6, months__lte=36)),
        ]

    def __str__(self) -> str:
        return f"{self.months} months"


class Answer(models.Model):
    """Patients whom one answer of a search showed, until the search is over and becomes one entry (`gathering`)."""

    actor_user_id = models.BigIntegerField()
    actor_label = models.CharField(max_length=150)
    role = models.CharField(max_length=80, blank=True)
    workstation = models.CharField(max_length=80, blank=True)
    action = models.CharField(max_length=80)
    shown = models.JSONField(default=list)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = []

    def __str__(self) -> str:
        return f"{self.action} of {self.actor_user_id}"
