"""The search index: tokens of names, telephone numbers, birth dates and record numbers. Rebuilt at will."""

from typing import Any

from django.db import models

from cuspide.patients.models.identity import Patient


class TokenField(models.CharField):
    """ASCII text in the order of its bytes. PostgreSQL sorts by the rules of a language unless told otherwise."""

    def db_parameters(self, connection: Any) -> Any:
        parameters = super().db_parameters(connection)
        if connection.vendor == "postgresql":
            parameters["collation"] = "C"
        return parameters


class NameToken(models.Model):
    """One token by which a patient is found. ASCII only, so that a prefix is a range of the index on both stores."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="tokens", db_index=False)
    token = TokenField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["patient", "token"], name="token_once_a_patient")]
        indexes = [models.Index(fields=["token", "patient"], name="token_patient")]

    def __str__(self) -> str:
        return f"token {self.pk}"
