"""The parts of the running program: told apart by name, ended cleanly, and sharing nothing that two may not share."""

import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time

import psutil

from tests.support.parts import below, part_of, title_of, workers_of
from tests.support.secretary import NewPatient, invented_name, record_of, signed_in
from tests.support.server import LivePractice, ask, clean_environment, cuspide, free_port
from tests.support.web import Answer, WebSession

# Both children draw from everything that gives chance or names, after their parent has drawn from it too.
TWINS = """
import json, os, secrets, random, sys, uuid
import django
django.setup()
from django.db import connection, connections
from cuspide.cli.serving.children import ForkingNursery
from cuspide.core.models import new_uuid
from cuspide.core.service.parts import Options, Part
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

def draw():
    with connection.cursor() as cursor:
        cursor.execute("SELECT hex(randomblob(16))")
        (blob,) = cursor.fetchone()
    names = [str(new_uuid()) for _ in range(20_000)]
    other = [blob, secrets.token_hex(16), str(random.random()), str(uuid.uuid4()), AESGCM.generate_key(256).hex()]
    return names + other

def child(_options):
    with open(sys.argv[1] + str(os.getpid()), "w") as stream:
        json.dump(draw(), stream)
    return 0

drawn = [draw()]
connections.close_all()
nursery = ForkingNursery(Options())
twins = [nursery.start(Part(f"twin{n}", child)) for n in range(2)]
while not all([twin.ended() for twin in twins]):
    nursery.wait(10)
drawn += [json.load(open(sys.argv[1] + str(twin.pid))) for twin in twins]
print(json.dumps([sum(map(len, drawn)), len({one for each in drawn for one in each})]))
"""


# Holds the store's only place to write until it is told to go on.
HOLD = """
import sys
import django
django.setup()
from django.db import connection, transaction
with transaction.atomic():
    connection.cursor().execute("SELECT 1")
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_two_parts_never_draw_the_same_chance_or_give_the_same_name(own_practice: LivePractice) -> None:
    home = {"CUSPIDE_HOME": str(own_practice.folder), "DJANGO_SETTINGS_MODULE": "cuspide.config.settings"}
    done = subprocess.run(
        [sys.executable, "-c", TWINS, str(own_practice.folder / "drawn-")],
        env=clean_environment() | home,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    drawn, different = json.loads(done.stdout)
    assert drawn > 60_000
    assert drawn == different


def test_the_supervisor_holds_no_store_and_no_second_thread(own_practice: LivePractice) -> None:
    """What is forked from it would share an open store, and inherit a lock that nobody gives back."""
    with own_practice as practice:
        assert practice.process is not None
        for part in ("background", "web worker"):
            part_of(practice, part)
        supervisor = psutil.Process(practice.process.pid)
        assert title_of(supervisor) == "cuspide: supervisor"
        assert supervisor.num_threads() == 1
        assert [one.path for one in supervisor.open_files() if "store" in one.path] == []
        wanted = {"cuspide: background", "cuspide: web", "cuspide: web worker-1"}
        assert set(map(title_of, below(supervisor))) >= wanted


TAKE_ROLES = """
from cuspide.accounts.models import Membership, User
from cuspide.accounts.services import team
from cuspide.accounts.selectors import actor_of
user = User.objects.get(email=sys.argv[1])
owner = User.objects.filter(memberships__role="owner").first()
for held in Membership.objects.filter(user=user):
    team.revoke(actor_of(owner), user, held.uuid)
answer = None
"""


def test_what_one_web_process_is_told_holds_at_once_in_the_other(own_practice: LivePractice) -> None:
    """What a process keeps in memory of a person must not outlive what another one, or a command, changed in the
    store: the lock of her workstation, her rights, the end of her session."""
    own_practice.workers = 2
    with own_practice as practice:
        first = signed_in(practice)
        browsers = [first, *(WebSession(practice.port, dict(first.cookies)) for _ in range(23))]

        def seen() -> set[tuple[int, str]]:
            return {((answer := one.get("/patients/new/")).status, answer.location) for one in browsers}

        assert seen() == {(200, "")}
        talking = [
            sum(end.status == psutil.CONN_ESTABLISHED for end in worker.net_connections())
            for worker in workers_of(practice)
        ]
        assert len(talking) == 2
        assert all(talking), f"one process has all the connections: {talking}"

        browsers[0].post("/account/lock/", {"how": "key"})
        assert seen() == {(302, "/account/lock/")}

        other = signed_in(practice)
        browsers = [other, *(WebSession(practice.port, dict(other.cookies)) for _ in range(23))]
        assert seen() == {(200, "")}
        ask(practice.folder, TAKE_ROLES, practice.accounts["secretary"].email)
        assert seen() == {(403, "")}

        browsers[0].post("/account/sign-out/", {})
        assert seen() == {(302, "/account/sign-in/")}


def test_asked_to_stop_it_answers_what_was_asked_before(own_practice: LivePractice, chance: random.Random) -> None:
    """The store is held by somebody else; a form is on its way; the service is told to end; the form is kept."""
    with own_practice as practice:
        assert practice.process is not None
        session = signed_in(practice)
        session.get("/patients/new/")
        home = {"CUSPIDE_HOME": str(practice.folder), "DJANGO_SETTINGS_MODULE": "cuspide.config.settings"}
        holder = subprocess.Popen(
            [sys.executable, "-c", HOLD],
            env=clean_environment() | home,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == "held\n"
        form = NewPatient(invented_name(chance))
        answers: list[Answer] = []
        asking = threading.Thread(target=lambda: answers.append(form.send(session)))
        asking.start()
        time.sleep(0.5)  # the form gets to where it waits for the store
        os.kill(practice.process.pid, signal.SIGTERM)
        time.sleep(0.5)  # it is being ended while the form still waits
        assert not answers
        holder.stdin.write("\n")
        holder.stdin.close()
        holder.wait()
        asking.join(120)
        assert practice.process.wait(120) == 0
        assert answers, "the form got no answer"
        assert record_of(answers[0]) is not None
        assert not re.search("Traceback|killed", practice.said())


def test_a_second_service_on_the_same_folder_is_refused_and_the_first_goes_on(live_practice: LivePractice) -> None:
    """Two would do each job twice, and each would take the other's signs of life for its own."""
    before = sorted(path.name for path in (live_practice.folder / "service").iterdir())
    done = cuspide("serve", "--port", str(free_port()), home=live_practice.folder)
    said = done.stdout + done.stderr
    assert (done.returncode, "déjà servi" in said, str(live_practice.port) in said) == (1, True, True), said
    assert sorted(path.name for path in (live_practice.folder / "service").iterdir()) == before
    assert signed_in(live_practice).get("/").status == 200


def test_a_service_whose_live_port_is_taken_does_not_start_without_a_word(own_practice: LivePractice) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = str(other.getsockname()[1])
        done = cuspide("serve", "--port", str(own_practice.port), "--live-port", taken, home=own_practice.folder)
    said = done.stdout + done.stderr
    assert done.returncode == 1, said
    assert taken in said, said
    assert "--live-port" in said, said
    own_practice.start()
