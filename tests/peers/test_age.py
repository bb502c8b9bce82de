"""The sheet on paper opens the practice's key with the program age alone, as the restore kit will ask for it."""

import subprocess
from pathlib import Path

from cuspide.core import keystore
from cuspide.core.keys import copies


def test_age_itself_opens_a_sheets_copy(tmp_path: Path) -> None:
    key_text = keystore.text_of(keystore.new())
    copy, identity = copies.for_sheet(key_text)
    sheet = tmp_path / "sheet"
    sheet.write_text(identity + "\n")
    sheet.chmod(0o600)
    (tmp_path / "copy.age").write_text(copy.wrapped)
    done = subprocess.run(["age", "--decrypt", "-i", sheet, tmp_path / "copy.age"], capture_output=True, check=True)
    assert done.stdout == key_text
