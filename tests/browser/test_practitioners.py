"""The practitioners' pages in a real browser: one comes, two people correct her at once, she leaves."""

from playwright.sync_api import Page, expect

from tests.support.browser import Desk

WHO, FULL = "Dr MORVAN", "Dr Solène MORVAN"


def offered(page: Page) -> list[str]:
    """With whom an appointment may be booked."""
    page.goto("/agenda/book/")
    return page.get_by_label("Praticien").locator("option").all_inner_texts()


def test_a_practitioner_comes_is_corrected_by_two_at_once_and_leaves(
    desk: Desk, expected_complaints: list[str]
) -> None:
    expected_complaints += ["422", "409"]
    owner = desk.as_role("owner")
    owner.goto("/practice/practitioners/")
    owner.get_by_role("link", name="Ajouter un praticien").click()
    owner.get_by_label("Prénom").fill("Solène")
    owner.get_by_label("Nom", exact=False).nth(1).fill("MORVAN")
    owner.get_by_label("Numéro RPPS").fill("10000000012")
    owner.get_by_role("button", name="Ajouter").click()
    # Its last digit is the key of the others: one that was typed wrong is found, and the rest is still there.
    expect(owner.get_by_label("Prénom")).to_have_value("Solène")
    expect(owner.get_by_label("Numéro RPPS")).to_have_attribute("aria-invalid", "true")
    owner.get_by_label("Numéro RPPS").fill("")
    owner.get_by_role("button", name="Ajouter").click()
    expect(owner.locator("main table")).to_contain_text(FULL)
    assert WHO in offered(desk.as_role("secretary"))

    owner.goto("/practice/practitioners/")
    owner.get_by_role("link", name=FULL).click()
    address = owner.url
    other = desk.as_role("owner", own=True)
    other.goto(address)
    for page, given in ((owner, "Solène Anne"), (other, "Solenn")):
        page.get_by_label("Prénom").fill(given)
        page.get_by_role("button", name="Enregistrer les modifications").click()
    expect(other.get_by_role("heading", level=1)).to_have_text("Quelqu’un d’autre a modifié ce praticien")
    other.get_by_role("radio", name="Solenn").check()
    other.get_by_role("button", name="Enregistrer ces choix").click()
    owner.goto(address)
    expect(owner.get_by_label("Prénom")).to_have_value("Solenn")

    owner.get_by_role("button", name="Retirer").click()
    asked = owner.get_by_role("alertdialog")
    expect(asked).to_contain_text("Solenn MORVAN")
    expect(asked.get_by_role("button")).to_have_text(["Retirer", "Ne rien faire"])
    asked.get_by_role("button", name="Retirer").click()
    expect(owner.locator("main")).to_contain_text("A quitté le cabinet")
    assert WHO not in offered(desk.as_role("secretary"))
