"""Give the alerts that stand in words the codes of what they name."""

from typing import Any

from django.db import migrations

from cuspide.patients.rules.alerts import OF_SUBSTANCES
from cuspide.patients.rules.substances import recognise

PREGNANT = ("Grossesse", "Pregnancy")


def recognise_all(apps: Any, _schema_editor: Any) -> None:
    alerts = apps.get_model("patients", "Alert").objects.order_by()
    alerts.filter(kind="condition", label__in=PREGNANT).update(kind="pregnancy")
    named = alerts.filter(kind__in=OF_SUBSTANCES)
    for label in list(named.values_list("label", flat=True).distinct()):
        known = recognise(label)
        if known:
            named.filter(label=label).update(substance=known.substance, drug_class=known.drug_class)


class Migration(migrations.Migration):
    dependencies = [("patients", "0040_structured_alerts")]

    operations = [migrations.RunPython(recognise_all, migrations.RunPython.noop)]
