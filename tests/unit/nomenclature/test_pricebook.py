"""A price is that of the day, the practice's own value first."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cuspide.formats.errors import FormatError
from cuspide.formats.pricing import AmcContract, CoverageRules, Notice, ThirdParty
from cuspide.nomenclature import rules
from cuspide.nomenclature.pricebook import BookModifier, DatedAmount, PriceBook, PricedBookLine

OLD, NEW = dt.date(2025, 2, 1), dt.date(2026, 1, 1)
INSURED = CoverageRules(amc=AmcContract(Decimal(100)), third_party=ThirdParty.FULL)


def line(code: str, group: str, *tariffs: DatedAmount, **more: object) -> PricedBookLine:
    values: dict[str, object] = {
        "system": "ccam",
        "label": code,
        "covered": True,
        "conditional": False,
        "exo_tm": "5-7",
        "modifiers": frozenset({"N", "9"}),
        **more,
    }
    return PricedBookLine(code=code, regroupement=group, tariffs=tariffs, **values)  # type: ignore[arg-type]


PULPOTOMY = line(
    "HBFD006",
    "END",
    DatedAmount(OLD, NEW - dt.timedelta(days=1), Decimal("23.92")),
    DatedAmount(NEW, None, Decimal("36.00")),
)
CROWN = line(
    "HBLD073",
    "CZ0",
    DatedAmount(OLD, NEW - dt.timedelta(days=1), Decimal("120.00"), regroupement="CZ1"),
    DatedAmount(NEW, None, Decimal("120.00"), regroupement="CZ0"),
    ceilings=(DatedAmount(OLD, None, Decimal("440.00")),),
    fees=(DatedAmount(OLD, None, Decimal("430.00"), from_practice=True),),
)
IMPLANT = line("LBLD015", "IMP", DatedAmount(OLD, None, Decimal("422.18")), conditional=True, exo_tm="1")
BRIDGE = line("HBLD785", "PF0", DatedAmount(OLD, None, Decimal("279.50")), conditional=True, exo_tm="5")
WHITENING = line("HBMD005", "END", covered=False)
BOOK = PriceBook(
    {each.code: each for each in (PULPOTOMY, CROWN, IMPLANT, BRIDGE, WHITENING)},
    (BookModifier("N", OLD, Decimal("1.157"), Decimal("0.00")),),
)


def test_the_price_is_that_of_the_day_of_the_act() -> None:
    assert BOOK.price("HBFD006", dt.date(2025, 12, 31), INSURED).fee == Decimal("23.92")
    assert BOOK.price("HBFD006", dt.date(2026, 1, 1), INSURED).fee == Decimal("36.00")
    assert BOOK.tariff("HBFD006", dt.date(2025, 1, 31)) is None


def test_what_the_practice_wrote_wins() -> None:
    corrected = line(
        "HBJD001",
        "AXI",
        DatedAmount(NEW, None, Decimal("28.92")),
        DatedAmount(OLD, None, Decimal("30.00"), from_practice=True),
    )
    book = PriceBook({"HBJD001": corrected})
    assert book.tariff("HBJD001", dt.date(2026, 5, 1)) == Decimal("30.00")


def test_a_crown_changes_basket_with_its_group() -> None:
    before = BOOK.price("HBLD073", dt.date(2025, 6, 1), INSURED)
    after = BOOK.price("HBLD073", dt.date(2026, 6, 1), INSURED)
    assert (before.fee, before.patient) == (Decimal("430.00"), Decimal("310.00"))
    assert (after.fee, after.patient) == (Decimal("430.00"), Decimal("0.00"))


def test_an_implant_is_covered_only_when_somebody_says_so() -> None:
    usual = BOOK.price("LBLD015", dt.date(2026, 6, 1), INSURED, fee=Decimal("900.00"))
    rare = BOOK.price("LBLD015", dt.date(2026, 6, 1), INSURED, conditions_met=True)
    assert (usual.amo, usual.patient) == (Decimal("0.00"), Decimal("900.00"))
    assert Notice.NOT_COVERED in usual.notices
    assert rare.amo == Decimal("398.18")


def test_a_bridge_is_taken_as_covered() -> None:
    assert BOOK.price("HBLD785", dt.date(2026, 6, 1), INSURED).amo == Decimal("167.70")


def test_an_act_without_tariff_needs_a_fee() -> None:
    with pytest.raises(FormatError) as caught:
        BOOK.price("HBMD005", dt.date(2026, 6, 1), INSURED)
    assert caught.value.code == "pricing.fee_missing"
    assert BOOK.price("HBMD005", dt.date(2026, 6, 1), INSURED, fee=Decimal("400.00")).patient == Decimal("400.00")


@pytest.mark.parametrize(("modifier", "code"), [("U", "pricing.modifier_unknown"), ("9", "pricing.modifier_unknown")])
def test_a_modifier_that_is_not_known_is_refused(modifier: str, code: str) -> None:
    with pytest.raises(FormatError) as caught:
        BOOK.price("HBFD006", dt.date(2026, 6, 1), INSURED, modifiers=[modifier])
    assert caught.value.code == code


def test_a_modifier_that_the_act_does_not_take_is_refused() -> None:
    book = PriceBook(BOOK.lines, (BookModifier("U", OLD, Decimal(1), Decimal("25.15")),))
    with pytest.raises(FormatError) as caught:
        book.price("HBFD006", dt.date(2026, 6, 1), INSURED, modifiers=["U"])
    assert (caught.value.code, caught.value.params) == ("pricing.modifier_refused", {"modifier": "U"})


def test_a_modifier_raises_the_base() -> None:
    assert BOOK.price("HBFD006", dt.date(2026, 6, 1), INSURED, modifiers=["N"]).base == Decimal("41.65")


def test_a_quantity_multiplies_fee_and_ceiling() -> None:
    priced = BOOK.price("HBLD073", dt.date(2026, 6, 1), INSURED, quantity=2)
    assert (priced.fee, priced.base, priced.patient) == (Decimal("860.00"), Decimal("240.00"), Decimal("0.00"))


def test_an_unknown_code_is_a_key_error() -> None:
    assert "XXXX000" not in BOOK
    with pytest.raises(KeyError):
        BOOK.price("XXXX000", dt.date(2026, 6, 1), INSURED)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Détartrage", ["detartrage"]),
        ("  COURONNE  céramo-métallique ", ["couronne", "ceramo", "metallique"]),
        ("d’une dent d'une", ["d", "une", "dent"]),
        ("œil", ["oeil"]),
        ("", []),
        ("%_\\", []),
    ],
)
def test_words_of_a_search_are_folded(text: str, words: list[str]) -> None:
    assert rules.search_words(text) == words


@given(st.text(max_size=400))
@example("𝐀")
def test_any_text_gives_at_most_eight_plain_words(text: str) -> None:
    words = rules.search_words(text)
    assert len(words) <= rules.MOST_WORDS
    assert all(word and word == rules.folded(word) for word in words)
