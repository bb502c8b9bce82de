"""Who sees patients, who changes them, and how much of an alert each role reads.

The words of the alerts ("Penicillin") are read by everybody who meets the patient, the secretary too: she answers
the phone when a patient bleeds, and notes what a patient tells her there, to be confirmed by those who treat.
Severity, source, history and remarks are for those who treat, and so is ending an alert. The bookkeeper sees
who pays and nothing medical. The technician sees no patient at all.
"""

from django.utils.translation import gettext_lazy as _

from cuspide.core.rights import Role, declare

CARE = [Role.OWNER, Role.DENTIST, Role.ASSISTANT]
DESK = [*CARE, Role.SECRETARY]

VIEW_IDENTITY = declare(
    "patients.view_identity", _("Find patients and see who they are"), [*DESK, Role.BOOKKEEPER], emergency=True
)
VIEW = declare("patients.view", _("Read patient records: identity, contacts and cover"), DESK, emergency=True)
CHANGE = declare("patients.change", _("Create patients, change identity, contacts and cover"), DESK)
CORRESPONDENTS = declare("patients.correspondents", _("Keep the directory of correspondents"), DESK)
VIEW_ALERTS = declare("patients.view_alerts", _("See the words of the medical alerts"), DESK, emergency=True)
VIEW_ALERT_DETAILS = declare(
    "patients.view_alert_details", _("Read medical alerts in full, with their history"), CARE, emergency=True
)
NOTE_ALERTS = declare(
    "patients.note_alerts", _("Note an alert that the patient tells, to be confirmed"), DESK, emergency=True
)
CHANGE_ALERTS = declare("patients.change_alerts", _("Record, confirm and end medical alerts"), CARE, emergency=True)
MERGE = declare(
    "patients.merge", _("Merge two records of one person, and undo it"), [Role.OWNER, Role.DENTIST, Role.SECRETARY]
)
READERS = declare("patients.readers", _("Tell a patient who saw her record"), [Role.OWNER], whole=True)
