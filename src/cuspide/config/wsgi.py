"""The WSGI application that granian serves."""

import os

from django.core.wsgi import get_wsgi_application

from cuspide.core.orphans import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cuspide.config.settings")

end_with_parent()
application = get_wsgi_application()
