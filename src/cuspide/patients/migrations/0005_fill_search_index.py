"""Fill the search index that 0004 made."""

from collections import defaultdict
from itertools import islice
from typing import Any

from django.db import migrations

from cuspide.patients.rules.phones import national_digits
from cuspide.patients.rules.tokens import deletions, endings, is_word, tokens_of

AT_ONCE = 1000


def fill(apps: Any, _schema_editor: Any) -> None:
    patient_of, point_of, posting, deletion, ending = (
        apps.get_model("patients", name)
        for name in ("Patient", "ContactPoint", "Posting", "TokenDeletion", "TokenEnding")
    )
    found = patient_of.objects.filter(merged_into__isnull=True).order_by("pk").iterator(AT_ONCE)
    learnt: set[str] = set()
    while batch := list(islice(found, AT_ONCE)):
        phones = defaultdict(list)
        points = point_of.objects.filter(patient__in=batch, kind="phone", ended_at__isnull=True)
        for owner, number in points.values_list("patient_id", "normalised"):
            phones[owner].append(national_digits(number))
        tokens: set[str] = set()
        rows = []
        for patient in batch:
            ranks = tokens_of(
                in_use=(patient.used_name or patient.birth_name, patient.used_given_name or patient.first_birth_given_name),
                at_birth=(patient.birth_name, patient.first_birth_given_name),
                all_given_names=patient.birth_given_names,
                birth_date=patient.birth_date,
                number=patient.number,
                phones=phones[patient.pk],
            )
            rows += [posting(patient=patient, token=token, rank=rank) for token, rank in ranks.items()]
            tokens |= ranks.keys()
        posting.objects.bulk_create(rows)
        words = sorted(token for token in tokens - learnt if is_word(token))
        ending.objects.bulk_create(ending(ending=end, token=word) for word in words for end in endings(word))
        deletion.objects.bulk_create(deletion(deletion=form, token=word) for word in words for form in deletions(word))
        learnt.update(words)


class Migration(migrations.Migration):
    dependencies = [("patients", "0004_search_index")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
