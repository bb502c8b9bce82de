"""The professionals around the demo practice."""

from random import Random

from cuspide.core.demo import DemoContext
from cuspide.formats.rpps import with_check_digit
from cuspide.patients.demo import places
from cuspide.patients.demo.people import address_word, given, surname
from cuspide.patients.models import Correspondent
from cuspide.patients.rules.correspondents import sought

GENERAL = "Médecin généraliste"
_SPECIALITIES = [*[GENERAL] * 9, "Cardiologue", "ORL", "Endocrinologue", "Chirurgien maxillo-facial",
                 "Orthodontiste", "Chirurgien oral", "Pédiatre", "Hématologue"]  # fmt: skip


def write(context: DemoContext, chance: Random) -> list[Correspondent]:
    """Invented, with numbers and addresses that nobody has."""
    made = []
    for number, speciality in enumerate(_SPECIALITIES):
        sex = chance.choice("FM")
        family, first = surname(chance, ""), given(chance, sex, chance.choice([1960, 1970, 1980]), "")
        postcode, city = chance.choice(places.TOWNS)
        name = f"{address_word(first)}.{address_word(family)}"
        columns = {
            "family_name": family,
            "given_name": first,
            "speciality": speciality,
            "organisation": "",
            "rpps": with_check_digit(f"1999000{number:03}"),
            "phone": f"+33{places.MOBILE[1:]}{chance.randrange(10_000):04}",
            "mss": f"{name}@medecin.formation.mssante.fr" if chance.random() < 0.8 else "",
            "line1": f"{chance.randint(1, 90)} {chance.choice(places.STREETS)}",
            "postcode": postcode,
            "city": city,
        }
        made.append(Correspondent(**columns, sought=sought(columns), recorded_by="Nadia Benali"))
    return Correspondent.objects.bulk_create(made)
