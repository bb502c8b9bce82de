"""Whoever was billed at a site is followed there, by whom she saw."""

from django.db import migrations

FILL = """
INSERT INTO patients_following (patient_id, site_id, practitioner_id, since)
SELECT DISTINCT patient_id, site_id, practitioner_id, CURRENT_TIMESTAMP FROM billing_invoice
WHERE patient_id IS NOT NULL AND practitioner_id IS NOT NULL ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial"), ("patients", "0003_followed_at_the_only_site")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
