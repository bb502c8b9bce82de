"""One form sent several times at once makes one record, whoever comes first."""

import random
import threading

from tests.support.secretary import NewPatient, invented_name, record_of, signed_in
from tests.support.server import LivePractice, ask
from tests.support.web import Answer, WebSession

COUNT = """
from cuspide.patients.models import Patient
answer = Patient.objects.filter(birth_name=sys.argv[1]).count()
"""


def send(form: NewPatient, session: WebSession, together: threading.Barrier, answers: list[Answer]) -> None:
    together.wait()
    answers.append(form.send(session))


def test_a_form_sent_eight_times_at_once_makes_one_patient(own_practice: LivePractice, chance: random.Random) -> None:
    own_practice.start()
    sessions = [signed_in(own_practice) for _ in range(8)]
    for session in sessions:
        session.get("/patients/new/")
    for _round in range(5):
        form = NewPatient(invented_name(chance))
        together = threading.Barrier(len(sessions))
        answers: list[Answer] = []
        threads = [threading.Thread(target=send, args=(form, session, together, answers)) for session in sessions]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(300)
        assert [answer.status for answer in answers] == [302] * len(sessions)
        assert len({record_of(answer) for answer in answers}) == 1, "two senders were led to two records"
        assert ask(own_practice.folder, COUNT, form.name) == 1
