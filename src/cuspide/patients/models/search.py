"""The search index: who has which token, and the forms by which a misread token is found. Rebuilt at will."""

from typing import Any

from django.db import models

from cuspide.patients.models.identity import Patient
from cuspide.patients.rules.names import TOKEN_LENGTH


class TokenField(models.CharField):
    """ASCII text in the order of its bytes, so that a beginning is a range of the index on both stores. PostgreSQL
    sorts by the rules of a language unless told otherwise."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"max_length": TOKEN_LENGTH, **options})

    def db_parameters(self, connection: Any) -> Any:
        parameters = super().db_parameters(connection)
        if connection.vendor == "postgresql":
            parameters["collation"] = "C"
        return parameters


class Posting(models.Model):
    """One token by which a patient is found. Of a token the names people go by come first, and the newest patients."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="postings", db_index=False)
    token = TokenField()
    rank = models.PositiveSmallIntegerField()
    """`rules.tokens.Rank`."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["patient", "token"], name="posting_once_a_patient")]
        indexes = [models.Index(fields=["token", "rank", "-patient"], name="posting_best_first")]

    def __str__(self) -> str:
        return f"posting {self.pk}"


class TokenDeletion(models.Model):
    """What is left of a token, or of its beginning, without one letter. Every word that some patient has, or had, is
    here with all its deletions, itself among them."""

    deletion = TokenField()
    token = TokenField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["deletion", "token"], name="token_deletion_once")]

    def __str__(self) -> str:
        return f"deletion {self.pk}"


class TokenEnding(models.Model):
    """The end of a token, from a letter inside it."""

    ending = TokenField()
    token = TokenField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ending", "token"], name="token_ending_once")]

    def __str__(self) -> str:
        return f"ending {self.pk}"
