"""Every address of the program. A room's own are in its `urls.py`."""

from importlib.util import find_spec

from django.conf import settings
from django.urls import include, path

# Room and the first word of its addresses, top floor first; the shell has the root.
PREFIXES = [
    ("continuity", "backups/"),
    ("portability", "portability/"),
    ("billing", "billing/"),
    ("care", "care/"),
    ("agenda", "agenda/"),
    ("nomenclature", "nomenclature/"),
    ("patients", "patients/"),
    ("accounts", "account/"),
    ("practice", "practice/"),
    ("audit", "audit/"),
    ("core", ""),
]

urlpatterns = [
    path(prefix, include(f"cuspide.{room}.urls"))
    for room, prefix in PREFIXES
    if f"cuspide.{room}" in settings.INSTALLED_APPS and find_spec(f"cuspide.{room}.urls")
]

handler400 = "cuspide.core.pages.errors.bad_request"
handler403 = "cuspide.core.pages.errors.forbidden"
handler404 = "cuspide.core.pages.errors.not_found"
handler500 = "cuspide.core.pages.errors.server_error"
