from tests.integration.nomenclature.fixtures import nomenclature

__all__ = ["nomenclature"]
