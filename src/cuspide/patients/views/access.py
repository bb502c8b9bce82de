"""Who can see a patient's record, and why: for whoever rules the team and sees the patient herself."""

import uuid as uuids

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cuspide.accounts import who_may
from cuspide.accounts.permissions import TEAM
from cuspide.core.pages.context import actor_of
from cuspide.core.rights import access
from cuspide.patients import permissions, reach, selectors
from cuspide.patients.traces import trace_opened


@require_safe
@access(TEAM)
def who_sees(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """Each person who reaches the record, with the roles, contracts and emergency accesses that let her. Six queries,
    whatever the size of the team."""
    actor = actor_of(request)
    patient = selectors.patient_by_uuid(actor, permissions.VIEW_IDENTITY, uuid)
    people = []
    for one in who_may.granted(actor):
        whys = [
            (why, str(permissions.VIEW) in limited.rights)
            for why, limited in one.sources
            if str(permissions.VIEW_IDENTITY) in limited.rights and reach.touches(limited.reach, patient)
        ]
        if whys:
            people.append((one.user, whys))
    trace_opened(actor, patient, "who_sees")
    context = {"patient": patient, "people": people, "places": selectors.followings(actor, patient)}
    return render(request, "patients/who_sees.html", context)
