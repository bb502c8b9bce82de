"""Addresses of the patients' room. Uuids only: no name stands in an address."""

from django.urls import path

from cuspide.patients.views import (
    access,
    alerts,
    consents,
    correspondents,
    create,
    edit,
    merging,
    people,
    readers,
    record,
    search,
)

app_name = "patients"
urlpatterns = [
    path("", search.patients, name="list"),
    path("new/", create.create, name="create"),
    path("correspondents/", correspondents.directory, name="correspondents"),
    path("correspondents/new/", correspondents.add, name="add_correspondent"),
    path("correspondents/<uuid:correspondent>/", correspondents.change, name="change_correspondent"),
    path("correspondents/<uuid:correspondent>/retire/", correspondents.retire, name="retire_correspondent"),
    path("<uuid:uuid>/", record.record, name="record"),
    path("<uuid:uuid>/relative/", create.create_relative, name="create_relative"),
    path("<uuid:uuid>/identity/", edit.identity, name="edit_identity"),
    path("<uuid:uuid>/contacts/", edit.contacts, name="edit_contacts"),
    path("<uuid:uuid>/access/", access.who_sees, name="who_sees"),
    path("<uuid:uuid>/coverage/", record.coverage, name="coverage"),
    path("<uuid:uuid>/coverage/edit/", edit.coverage, name="edit_coverage"),
    path("<uuid:uuid>/coverage/rights/new/", edit.add_exemption, name="add_exemption"),
    path("<uuid:uuid>/coverage/rights/<uuid:right>/end/", edit.end_exemption, name="end_exemption"),
    path("<uuid:uuid>/alerts/", alerts.alerts, name="alerts"),
    path("<uuid:uuid>/alerts/new/", alerts.add, name="add_alert"),
    path("<uuid:uuid>/alerts/none-known/", alerts.none_known, name="none_known"),
    path("<uuid:uuid>/alerts/<uuid:alert>/confirm/", alerts.confirm, name="confirm_alert"),
    path("<uuid:uuid>/alerts/<uuid:alert>/end/", alerts.end, name="end_alert"),
    path("<uuid:uuid>/people/", people.people, name="people"),
    path("<uuid:uuid>/people/new/<slug:role>/", people.add, name="add_person"),
    path("<uuid:uuid>/people/correspondents/", correspondents.link, name="link_correspondent"),
    path("<uuid:uuid>/people/correspondents/<uuid:link>/end/", correspondents.end, name="end_link"),
    path("<uuid:uuid>/people/<uuid:person>/", people.change, name="change_person"),
    path("<uuid:uuid>/people/<uuid:person>/end/", people.end, name="end_person"),
    path("<uuid:uuid>/duplicates/", merging.duplicates, name="duplicates"),
    path("<uuid:uuid>/duplicates/undo/", merging.undo, name="undo_merge"),
    path("<uuid:uuid>/merge/<uuid:other>/", merging.merge, name="merge"),
    path("<uuid:uuid>/consents/", consents.consents, name="consents"),
    path("<uuid:uuid>/consents/<slug:about>/new/", consents.state, name="state_consent"),
    path("<uuid:uuid>/consents/<uuid:consent>/void/", consents.void, name="void_consent"),
    path("<uuid:uuid>/readers/", readers.readers, name="readers"),
]
