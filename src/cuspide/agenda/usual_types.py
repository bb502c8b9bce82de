"""The appointment types a new practice begins with. Data: the practice renames, retints and withdraws them."""

from cuspide.agenda.models import AppointmentType

# Key, French, English, tint, minutes.
USUAL = [
    ("first", "Première consultation", "First visit", 2, 45),
    ("checkup", "Examen de contrôle", "Check-up", 1, 30),
    ("child", "Examen de prévention enfant", "Children’s prevention examination", 6, 30),
    ("scaling", "Détartrage", "Scaling", 8, 30),
    ("filling", "Soin conservateur", "Filling", 2, 45),
    ("endodontics", "Traitement endodontique", "Root canal treatment", 3, 60),
    ("extraction", "Extraction", "Extraction", 4, 30),
    ("prosthesis", "Prothèse", "Prosthetics", 7, 45),
    ("fitting", "Pose de prothèse", "Fitting of a prosthesis", 7, 30),
    ("implant", "Implantologie", "Implant surgery", 4, 90),
    ("periodontics", "Parodontie", "Periodontics", 8, 60),
    ("orthodontics", "Orthodontie", "Orthodontics", 3, 20),
    ("review", "Contrôle post-opératoire", "Post-operative review", 1, 15),
    ("emergency", "Urgence", "Emergency", 5, 20),
]


def fill(using: str) -> None:
    """Write the usual types into a store that has none."""
    types = AppointmentType.objects.using(using)
    if types.exists():
        return
    types.bulk_create(
        AppointmentType(key=key, label_fr=french, label_en=english, tint=tint, minutes=minutes, order=(at + 1) * 10)
        for at, (key, french, english, tint, minutes) in enumerate(USUAL)
    )
