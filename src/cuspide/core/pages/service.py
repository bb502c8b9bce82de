"""How the service is doing: for machines that watch it, and for the owner and the technician."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cuspide.core import clock
from cuspide.core.marks import open_when_locked, polled
from cuspide.core.permissions import STATUS
from cuspide.core.rights import PUBLIC, access
from cuspide.core.service import health, report


@open_when_locked
@polled
@require_safe
@access(PUBLIC)
@never_cache
def healthz(_request: HttpRequest) -> HttpResponse:
    """200 when all is well, 503 when something is not; by name what is. It tells nothing that a stranger may not know,
    writes nothing and opens no session."""
    answers = health.look()
    well = all(answers.values())
    body = {"status": "ok" if well else "failing", "checks": {"web": "ok"} | {k: _word(v) for k, v in answers.items()}}
    answer = JsonResponse(body, status=200 if well else 503)
    # Whoever watches asks every few seconds: what is wrong is logged where it goes wrong, not here each time.
    answer._has_been_logged = True  # type: ignore[attr-defined]  # Django's own mark
    return answer


def _word(well: bool) -> str:
    return "ok" if well else "failing"


@require_safe
@access(STATUS)
@never_cache
def service(request: HttpRequest) -> HttpResponse:
    """The parts, the store, the work that waits, the versions."""
    sections = [(group.label, group.facts()) for group in report.groups]
    tones = {fact.tone for _label, facts in sections for fact in facts}
    worst = next((tone for tone in ("danger", "watch") if tone in tones), "sound")
    return render(request, "core/service.html", {"sections": sections, "worst": worst, "now": clock.now()})
