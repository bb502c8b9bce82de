"""Nomenclature: the acts a dentist may bill (CCAM, NGAP, the practice's own), their prices and ceilings by date."""
