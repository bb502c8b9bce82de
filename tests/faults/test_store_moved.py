"""A practice carried from SQLite to PostgreSQL and back: nothing changes on the way."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from cuspide.core import occupied
from tests.support.postgresql import Cluster
from tests.support.server import LivePractice, ask, cuspide

pytestmark = pytest.mark.timeout(1800)

# Every row as Django's own serializer writes it: other code than that which carries and compares them. Keys of JSON are
# sorted: PostgreSQL keeps them in an order of its own. What moves or upgrades a store adds a line to the trace, which
# `ADDED` asks for by itself.
EXPORT = """
import hashlib, json
from django.apps import apps
from django.core import serializers
from cuspide.audit.models import Entry, Head, Payload
added = Entry.objects.filter(action__in=["practice.move_store", "practice.upgrade"])
stay = {Entry: Entry.objects.exclude(pk__in=added), Payload: Payload.objects.exclude(entry__in=added),
        Head: Head.objects.none()}
answer = {}
for model in apps.get_models(include_auto_created=True):
    rows = stay.get(model, model._base_manager.all())
    lines = serializers.serialize("jsonl", rows).split("\\n")
    records = sorted(json.dumps(json.loads(line), sort_keys=True) for line in lines if line)
    total = hashlib.sha256("\\n".join(records).encode())
    answer[model._meta.db_table] = [total.hexdigest(), len(records)]
"""
ADDED = """
from cuspide.audit.models import Entry
rows = Entry.objects.filter(action__in=["practice.move_store", "practice.upgrade"]).order_by("pk")
answer = [(row.action, row.actor_label, row.payload.body) for row in rows]
"""
# Kills itself at the n-th time that it makes, renames or removes a file of the practice; says how many there were.
KILLED = """
import os, signal, sys
home, at = sys.argv[1], int(sys.argv[2])
seen = 0
def watch(event, words):
    global seen
    writes = event == "open" and isinstance(words[2], int) and words[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    if (writes or event in ("os.rename", "os.remove")) and str(words[0]).startswith(home):
        seen += 1
        if seen == at:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(watch)
from cuspide.cli import main
status = main(sys.argv[3:])
print(f"places: {seen}")
sys.exit(status)
"""
# What tells a careless copy from an exact one.
TRAPS = r"""
import datetime as dt, uuid
from django.core.cache import cache
from django.db.models import JSONField, Value
from cuspide.core import blobs
from cuspide.core.models import Job, OutboxMessage, Submission
OutboxMessage.objects.create(channel="mail", key="traps", payload={"b": [1, 2.5, None, True], "a": "œuf 🦷\n\t\"'\\"})
OutboxMessage.objects.create(channel="mail", key="nothing", payload=Value(None, JSONField()))
blobs.put(b"%PDF", "application/pdf")
Submission.objects.create(key=uuid.UUID(int=0), kind="", created_at=dt.datetime(1999, 12, 31, 23, 59, 59, 1, dt.UTC))
Job.objects.create(task_id=uuid.UUID(int=2**128 - 1), key=None, reached={}, done=2**62, total=2**62)
Job.objects.create(task_id=uuid.UUID(int=5), key=None, reached=[], done=2**62, total=2**62)
cache.set("limit", 7, 10_000)
gone = Submission.objects.create(key=uuid.uuid4(), kind="gone")
answer = gone.pk
gone.delete()
"""
NEXT_NUMBER = """
import uuid
from django.db import transaction
from cuspide.core.models import Submission
with transaction.atomic():
    answer = Submission.objects.create(key=uuid.uuid4(), kind="next").pk
    transaction.set_rollback(True)
"""


def move(practice: LivePractice, to: str) -> subprocess.CompletedProcess[str]:
    return cuspide("store", "move", "--to", to, home=practice.folder)


def cuspide_toml(practice: LivePractice) -> str:
    return (practice.folder / "cuspide.toml").read_text(encoding="utf-8")


def refused(practice: LivePractice, to: str, sentence: str) -> str:
    """The move ends with the sentence and the practice's settings are as they were."""
    before = cuspide_toml(practice)
    done = move(practice, to)
    said = done.stdout + done.stderr
    assert done.returncode == 1, said
    assert re.search(sentence, said), said
    assert "Traceback" not in said
    assert cuspide_toml(practice) == before
    return said


def test_to_postgresql_and_back_every_row_is_the_same(own_practice: LivePractice, cluster: Cluster) -> None:
    last_given = ask(own_practice.folder, TRAPS)
    before = ask(own_practice.folder, EXPORT)
    assert sum(count for _digest, count in before.values()) > 5_000

    there = move(own_practice, cluster.create_database("round_trip"))

    assert there.returncode == 0, there.stdout + there.stderr
    assert 'engine = "postgresql"' in cuspide_toml(own_practice)
    kept = re.search(r"\S+/copies/store-\S+Z\.sqlite3", there.stdout)
    assert kept is not None, there.stdout
    assert Path(kept[0]).stat().st_size > 100_000, "the old store stays"
    assert re.search(r"billing_payment +(\d+) +\1 .*\n +amount +\d+\.\d\d € +\d+\.\d\d €", there.stdout), there.stdout
    assert ask(own_practice.folder, EXPORT) == before
    assert ask(own_practice.folder, NEXT_NUMBER) == last_given + 1, "a number was given twice"
    assert cuspide("audit", "verify", home=own_practice.folder).returncode == 0

    back = move(own_practice, "sqlite")

    assert back.returncode == 0, back.stdout + back.stderr
    assert 'engine = "sqlite"' in cuspide_toml(own_practice)
    assert ask(own_practice.folder, EXPORT) == before
    assert ask(own_practice.folder, NEXT_NUMBER) > last_given
    told = ask(own_practice.folder, ADDED)
    assert [json.loads(body) for _action, _who, body in told] == [
        {"from": "sqlite", "to": "postgresql"},
        {"from": "postgresql", "to": "sqlite"},
    ]
    assert cuspide("check", home=own_practice.folder).returncode == 0
    assert sorted(path.name for path in own_practice.folder.iterdir() if "store" in path.name) == ["store.sqlite3"]


def test_what_is_not_ready_is_refused_and_says_why(own_practice: LivePractice, cluster: Cluster) -> None:
    url = cluster.create_database("refused")
    refused(own_practice, "sqlite", "déjà")
    refused(own_practice, "mysql://somewhere/x", "postgresql://")
    refused(own_practice, "postgresql://cuspide@127.0.0.1:1/none", "ne s’ouvre pas")
    occupied.share(own_practice.folder)  # as the service does, for as long as one of its processes lives
    try:
        refused(own_practice, url, "[Aa]rrêtez le service")
    finally:
        os.close(occupied._held.pop())

    ask(
        own_practice.folder,
        f"""
import psycopg
with psycopg.connect({url!r}) as link:
    link.execute("CREATE TABLE theirs (id int)")
answer = 1
""",
    )
    refused(own_practice, url, "n’est pas vide")


def test_what_postgresql_cannot_hold_is_found_before_anything_is_carried(
    own_practice: LivePractice, cluster: Cluster
) -> None:
    url = cluster.create_database("misfits")
    ask(
        own_practice.folder,
        r"""
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("UPDATE patients_address SET city = 'Saint' || char(0) || 'Nom' WHERE id = 3")
    cursor.execute("UPDATE patients_patient SET birth_name = printf('%.*c', 4000, 'x') WHERE id = 5")
    cursor.execute('''INSERT INTO core_outboxmessage (uuid, channel, key, payload, state, attempts, due_at, created_at,
        last_error) VALUES ('00', 'mail', 'nul', '{"a": ["\\u0000"], "b": "c:\\\\u0000"}', 'sent', 0,
        '2026-01-01 00:00:00', '2026-01-01 00:00:00', '')''')
answer = 1
""",
    )

    said = refused(own_practice, url, "PostgreSQL")

    for place in ("patients_address.city, 3:", "patients_patient.birth_name, 5:", "core_outboxmessage.payload, "):
        assert place in said, said
    assert "Nom" not in said, "a value was shown"
    left = ask(
        own_practice.folder,
        f"""
import psycopg
with psycopg.connect({url!r}) as link:
    answer = link.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()[0]
""",
    )
    assert left == 0, "the target was written to"
