"""Where a practice has one site, everybody is followed there. Elsewhere the rooms above say who was seen where."""

from django.db import migrations

FILL = """
INSERT INTO patients_following (patient_id, site_id, practitioner_id, since)
SELECT patients_patient.id, practice_site.id, NULL, CURRENT_TIMESTAMP FROM patients_patient
JOIN practice_site ON (SELECT COUNT(*) FROM practice_site) = 1
WHERE 1 = 1 ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("patients", "0002_following")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
