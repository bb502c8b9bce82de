"""What an invoice or a receipt says of those who give and receive it, frozen on the day."""

from typing import Any

from cuspide.patients.models import Patient
from cuspide.patients.selectors import contacts_of
from cuspide.practice.models import LegalEntity, Practitioner, Site


def issuer(entity: LegalEntity, site: Site, practitioner: Practitioner | None) -> dict[str, Any]:
    """Entity and site; with `practitioner`, who answers for the care."""
    address = site.address or entity.address
    said: dict[str, Any] = {
        "name": entity.name,
        "legal_form": entity.legal_form,
        "siret": entity.siret,
        "finess": site.finess,
        "address": [line.strip() for line in address.splitlines() if line.strip()],
        "phone": site.phone or entity.phone,
        "email": entity.email,
        "time_zone": site.time_zone,
    }
    if practitioner is not None:
        said["practitioner"] = {
            "name": practitioner.full_name,
            "specialty": practitioner.specialty,
            "rpps": practitioner.rpps,
            "am_number": practitioner.am_number,
        }
    return said


def addressee(patient: Patient) -> dict[str, Any]:
    """The patient as a letter names her. Two queries."""
    address = contacts_of(patient).address
    return addressee_at(patient, address.lines if address else [])


def addressee_at(patient: Patient, address: list[str]) -> dict[str, Any]:
    """The same with the lines of an address that is known already."""
    return {
        "number": patient.number,
        "name": patient.display_name,
        "birth_name": patient.birth_identity if patient.differs_at_birth else "",
        "birth_date": patient.birth_date_shown,
        "nir": patient.nir_shown,
        "address": address,
    }
