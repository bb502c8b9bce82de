"""The demo practice's walls: an entity, a site, three chairs, two dentists."""

from cuspide.core.demo import DemoContext
from cuspide.practice import services
from cuspide.practice.models import Chair

# Invented: SIRET and RPPS pass their check digits and belong to nobody's practice.
_SIRET = "90000000800011"
_ADDRESS = "12 rue des Tilleuls\n26999 Valbonne-sur-Cuspide"


def build(context: DemoContext) -> None:
    site = services.create_practice(context.actor, name="Cabinet dentaire des Tilleuls", chairs=3)
    entity = site.entity
    entity.name, entity.legal_form = "SELARL Cabinet des Tilleuls", "SELARL"
    entity.siret, entity.address = _SIRET, _ADDRESS
    entity.phone, entity.email = "04 65 71 00 10", "accueil@tilleuls.example"
    entity.save()
    site.finess, site.address, site.phone = "260999990", _ADDRESS, entity.phone
    site.save()
    last = Chair.objects.filter(site=site).last()
    if last is not None:
        last.name = "Fauteuil 3 (urgences)"
        last.save()
    context.shared.update(
        entity=entity,
        site=site,
        chairs=list(Chair.objects.filter(site=site)),
        practitioners=[
            services.add_practitioner(
                context.actor,
                entity=entity,
                family_name="AUBERT",
                given_name="Claire",
                rpps="10000000017",
                am_number="264000019",
            ),
            services.add_practitioner(
                context.actor,
                entity=entity,
                family_name="LEFÈVRE",
                given_name="Hugo",
                rpps="10000000025",
                am_number="264000027",
            ),
        ],
    )
