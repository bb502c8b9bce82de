"""What is typed on the day when nothing is left but paper and one backup. A test types it from the printed sheet."""

INSTALL = "sudo apt install restic age zstd python3-cryptography"
PLACE, FILE = "PLACE=", "FILE="
"""What the reader completes."""
SHEET = "head -n 1 > sheet.txt"
FROM_PLACE = (
    PLACE,
    "export RESTIC_PASSWORD=cuspide",
    'restic -r "$PLACE/envelope" restore latest --target envelope',
    SHEET,
    'export RESTIC_PASSWORD="$(age -d -i sheet.txt envelope/repository.age)"',
    'restic -r "$PLACE/practice" snapshots',
    'restic -r "$PLACE/practice" restore latest --target practice',
    "python3 envelope/by_hand.py assemble practice/backup/store store.sqlite3",
    "python3 envelope/by_hand.py wrapped practice/keys.json key.age",
    "age -d -i sheet.txt -o key key.age",
    "python3 envelope/by_hand.py store store.sqlite3 key plain.sqlite3",
    "python3 envelope/by_hand.py files practice/blobs plain.sqlite3 key documents",
)
FROM_FILE = (
    FILE,
    SHEET,
    'cat "$FILE"* | age -d -i sheet.txt | zstd -d | tar x',
    "age -d -i sheet.txt export.sqlite3.zst.age | zstd -d > plain.sqlite3",
    "python3 by_hand.py wrapped keys.json key.age",
    "age -d -i sheet.txt -o key key.age",
    "python3 by_hand.py files blobs plain.sqlite3 key documents",
)
