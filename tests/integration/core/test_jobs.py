"""Jobs survive their worker: taken back after a kill, tried again, stopped, resumed, queued once."""

import datetime as dt

import pytest
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from cuspide.core import clock
from cuspide.core.models import Job
from cuspide.core.work import jobs
from tests.support.points import also

seen: list[int] = []
behaviour: dict[str, int] = {}


@jobs.job
def count_to_five(handle: jobs.Handle, step: int = 1) -> None:
    """Counts, from where it was, and fails or is stopped where the test says."""
    for number in range(handle.reached.get("number", 0) + 1, 6):
        if number == behaviour.get("fails_at"):
            raise RuntimeError("Mme Secret")
        if number == behaviour.get("stop_at"):
            jobs.request_stop(handle.job.pk)
        seen.append(number * step)
        handle.progress(number, 5, {"number": number})


@pytest.fixture(autouse=True)
def _fresh() -> None:
    seen.clear()
    behaviour.clear()


def status(job: Job) -> str:
    return DBTaskResult.objects.get(id=job.task_id).status


@pytest.mark.django_db
def test_a_job_runs_and_says_how_far_it_is() -> None:
    job = jobs.enqueue(count_to_five, step=10)
    assert jobs.run_one()
    job.refresh_from_db()
    assert seen == [10, 20, 30, 40, 50]
    assert (job.done, job.total, job.lease_until) == (5, 5, None)
    assert status(job) == TaskResultStatus.SUCCESSFUL
    assert not jobs.run_one()


@pytest.mark.django_db
def test_a_key_queues_once() -> None:
    first = jobs.enqueue(count_to_five, key="once")
    assert jobs.enqueue(count_to_five, key="once") == first
    assert DBTaskResult.objects.count() == 1


@pytest.mark.django_db
def test_a_job_whose_worker_was_killed_is_taken_back(moved_clock) -> None:  # type: ignore[no-untyped-def]
    job = jobs.enqueue(count_to_five)
    assert jobs.claim("killed") is not None
    assert jobs.recover_lost() == 0
    moved_clock(clock.now() + jobs.LEASE + dt.timedelta(seconds=1))
    assert jobs.recover_lost() == 1
    assert status(job) == TaskResultStatus.READY


@pytest.mark.django_db
def test_a_failed_job_goes_on_where_it_was_and_tells_no_name(caplog) -> None:  # type: ignore[no-untyped-def]
    job = jobs.enqueue(count_to_five)
    behaviour["fails_at"] = 3
    assert jobs.run_one()
    assert status(job) == TaskResultStatus.READY
    assert "Secret" not in caplog.text
    behaviour.clear()
    DBTaskResult.objects.update(run_after=clock.now() - dt.timedelta(seconds=1))
    assert jobs.run_one()
    assert seen == [1, 2, 3, 4, 5]
    assert status(job) == TaskResultStatus.SUCCESSFUL


@pytest.mark.django_db
def test_after_its_attempts_a_job_has_failed() -> None:
    behaviour["fails_at"] = 1
    job = jobs.enqueue(count_to_five, max_attempts=2)
    for _ in range(2):
        DBTaskResult.objects.update(run_after=clock.now() - dt.timedelta(seconds=1))
        assert jobs.run_one()
    assert status(job) == TaskResultStatus.FAILED
    DBTaskResult.objects.update(run_after=clock.now() - dt.timedelta(seconds=1))
    assert not jobs.run_one()


@pytest.mark.django_db
def test_a_stopped_job_resumes_where_it_stopped() -> None:
    behaviour["stop_at"] = 2
    job = jobs.enqueue(count_to_five)
    assert jobs.run_one()
    assert seen == [1, 2]
    behaviour.clear()
    jobs.resume(job.pk)
    assert jobs.run_one()
    assert seen == [1, 2, 3, 4, 5]


@pytest.mark.django_db
def test_what_comes_round_is_queued_once_a_turn(moved_clock) -> None:  # type: ignore[no-untyped-def]
    entry = jobs.Scheduled("every-hour", count_to_five, dt.timedelta(hours=1))
    with also(jobs.schedule, entry):
        moved_clock(dt.datetime(2026, 5, 4, 10, 59, tzinfo=dt.UTC))
        jobs.enqueue_scheduled()
        jobs.enqueue_scheduled()
        assert Job.objects.filter(key__startswith="schedule:every-hour").count() == 1
        moved_clock(dt.datetime(2026, 5, 4, 11, 0, tzinfo=dt.UTC))
        jobs.enqueue_scheduled()
        assert Job.objects.filter(key__startswith="schedule:every-hour").count() == 2
