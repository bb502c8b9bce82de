"""Whether somebody being created may be a patient whom the practice already has."""

from dataclasses import dataclass

from cuspide.patients.rules.names import similar


@dataclass(frozen=True)
class Known:
    """What is compared of a patient."""

    family_names: tuple[str, ...]
    given_names: tuple[str, ...]
    birth_date: str
    nir: str


def may_be_the_same(one: Known, other: Known) -> bool:
    """The same NIR; or the same birth date with similar family and given names.

    Twins share everything but the given name, so that must be similar too, unless one of the two has none.
    """
    if one.nir and one.nir == other.nir:
        return True
    if one.birth_date != other.birth_date:
        return False
    return _any_similar(one.family_names, other.family_names) and (
        not any(one.given_names) or not any(other.given_names) or _any_similar(one.given_names, other.given_names)
    )


def _any_similar(ones: tuple[str, ...], others: tuple[str, ...]) -> bool:
    return any(similar(one, other) for one in ones if one for other in others if other)
