"""`cuspide.toml` as an operator left it: what is not meant is refused by its name, not taken for something else."""

from pathlib import Path

import pytest

from cuspide.core.home import Home, HomeError, load


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('hosts = "serveur.cabinet.lan"', "hosts"),
        ("hosts = []", "hosts"),
        ("hosts = [1]", "hosts"),
        ('https = "false"', "https"),
        ('[mail]\nport = "587"', "mail.port"),
        ("[mail]\nport = true", "mail.port"),
        ("[mail]\npassword = 1234", "mail.password"),
        ('store = "postgresql://cuspide@localhost/cuspide"', "store"),
        ("[store]\nurl = 1", "store.url"),
        ('time_zone = "Paris"', "time_zone"),
        ('time_zone = "../etc/passwd"', "time_zone"),
    ],
)
def test_a_value_of_the_wrong_kind_is_named(tmp_path: Path, text: str, named: str) -> None:
    (tmp_path / "cuspide.toml").write_text(text, encoding="utf-8")
    with pytest.raises(HomeError) as refused:
        load(tmp_path)
    assert f"cuspide.toml: {named} must be" in str(refused.value)
    assert "1234" not in str(refused.value)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    home = Home(folder=tmp_path, hosts=("serveur.cabinet.lan", "192.168.1.10"), https=True, mail_host="smtp.example")
    home.write()
    assert load(tmp_path) == home


def test_an_empty_file_is_a_practice_with_everything_usual(tmp_path: Path) -> None:
    (tmp_path / "cuspide.toml").touch()
    assert load(tmp_path).hosts == ("localhost",)


@pytest.mark.parametrize(
    ("content", "english", "french"),
    [
        (b'[mail]\npassword = "1234', "Its end", "Sa fin"),
        (b"hosts = [", "Its end", "Sa fin"),
        (b'demo = true\nkey_id = "1234" 5', "Line 2, column 17", "La ligne 2 n’est pas"),
        (b"\xff\xfe1234", "UTF-8", "UTF-8"),
        (b'[store]\nengine = "oracle"', "either", "soit"),
        (b'[tls]\nkey = "x"', "both", "tous les deux"),
        (b'https = "false"', "quotation marks", "guillemets"),
    ],
)
def test_a_file_that_cannot_be_read_is_said_in_both_languages(
    tmp_path: Path, content: bytes, english: str, french: str
) -> None:
    (tmp_path / "cuspide.toml").write_bytes(content)
    with pytest.raises(HomeError) as refused:
        load(tmp_path)
    assert english.lower() in str(refused.value).lower()
    assert french.lower() in refused.value.told("fr").lower()
    assert refused.value.told("fr") != refused.value.told("en"), "the catalogue has the sentence"
    assert "1234" not in str(refused.value)
