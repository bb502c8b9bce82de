"""Addresses of care: uuids only."""

from django.urls import path

from cuspide.care.views import acts, chart

app_name = "care"

urlpatterns = [
    path("<uuid:uuid>/chart/", chart.chart, name="chart"),
    path("<uuid:uuid>/chart/panel/", chart.panel, name="panel"),
    path("<uuid:uuid>/chart/findings/", chart.record, name="record_findings"),
    path("<uuid:uuid>/chart/line/", chart.line, name="line"),
    path("<uuid:uuid>/findings/<uuid:finding>/", chart.finding, name="finding"),
    path("<uuid:uuid>/findings/<uuid:finding>/correct/", chart.correct, name="correct_finding"),
    path("<uuid:uuid>/findings/<uuid:finding>/void/", chart.void, name="void_finding"),
    path("<uuid:uuid>/acts/", acts.acts, name="acts"),
    path("<uuid:uuid>/acts/search/", acts.search, name="search_acts"),
    path("<uuid:uuid>/acts/add/", acts.add, name="add_act"),
    path("<uuid:uuid>/acts/favourite/", acts.favourite, name="favourite_act"),
    path("<uuid:uuid>/acts/<uuid:act>/", acts.one_act, name="act"),
    path("<uuid:uuid>/acts/<uuid:act>/complete/", acts.complete, name="complete_act"),
    path("<uuid:uuid>/acts/<uuid:act>/void/", acts.void, name="void_act"),
]
