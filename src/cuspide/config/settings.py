"""Django's settings of a practice. What differs between practices is in its `cuspide.toml` (see `core.home`)."""

import os
from pathlib import Path

import django
from csp.constants import NONE, SELF

from cuspide.core import home as homes
from cuspide.core import keystore
from cuspide.core.db.choose import database
from cuspide.core.live import address as live_address

CUSPIDE_HOME = homes.load()
# TLS by the program itself, or by a proxy of the practice's own before it.
_TLS = CUSPIDE_HOME.serves_tls or CUSPIDE_HOME.https
PACKAGE = Path(__file__).resolve().parent.parent

DEBUG = False
try:
    SECRET_KEY = keystore.derived(keystore.master(CUSPIDE_HOME), "django").hex()
except keystore.PracticeKeyError:
    # Without its key a practice is not served (the store says so); signatures made now must be worth nothing later.
    SECRET_KEY = os.urandom(32).hex()

ALLOWED_HOSTS = [*CUSPIDE_HOME.hosts, "localhost", "127.0.0.1"]
ROOT_URLCONF = "cuspide.config.urls"
WSGI_APPLICATION = "cuspide.config.wsgi.application"

# From the top floor down: a template of an upper room may stand in for one of a lower room.
ROOMS = [
    "cuspide.continuity",
    "cuspide.portability",
    "cuspide.billing",
    "cuspide.care",
    "cuspide.agenda",
    "cuspide.nomenclature",
    "cuspide.patients",
    "cuspide.accounts",
    "cuspide.practice",
    "cuspide.audit",
    "cuspide.core",
]
INSTALLED_APPS = [
    *[
        room
        for room in ROOMS
        if (PACKAGE / room.rsplit(".", 1)[1] / "models.py").exists()
        or (PACKAGE / room.rsplit(".", 1)[1] / "models").exists()
    ],
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_tasks",
    "django_tasks_db",
]
MIDDLEWARE = [
    "cuspide.core.pages.numbers.RequestNumberMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "cuspide.core.pages.language.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "cuspide.core.pages.errors.MethodMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "cuspide.accounts.lockgate.LockMiddleware",
    "cuspide.accounts.open_sessions.OpenSessionMiddleware",
    "cuspide.accounts.middleware.ActorMiddleware",
    "cuspide.accounts.middleware.AccessMiddleware",
    "cuspide.patients.merged_away.MergedAwayMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "cuspide.core.pages.engine.Engine",
        # Django's own widgets, in the same language.
        "DIRS": [Path(django.__file__).parent / "forms" / "jinja2"],
        "APP_DIRS": True,
        "OPTIONS": {
            "environment": "cuspide.core.pages.engine.environment",
            "context_processors": [
                "django.contrib.messages.context_processors.messages",
                "cuspide.core.pages.context.shell",
                "cuspide.accounts.context.actor",
            ],
        },
    },
]
FORM_RENDERER = "cuspide.core.pages.fields.Renderer"
CSRF_FAILURE_VIEW = "cuspide.core.pages.errors.csrf"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["cuspide.accounts.backend.PasswordBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "display_name"]},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "cuspide.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
# `accounts.throttle` counts instead: allauth's limits by address and by login would keep the person out herself.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None}
ACCOUNT_FORMS = {
    "login": "cuspide.accounts.forms.SignInForm",
    "reauthenticate": "cuspide.accounts.forms.ConfirmPasswordForm",
    "change_password": "cuspide.accounts.forms.ChangePasswordForm",
}
MFA_ADAPTER = "cuspide.accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_FORMS = {
    "authenticate": "cuspide.accounts.forms.SecondFactorForm",
    "authenticate_webauthn": "cuspide.accounts.forms_passkeys.PasskeyForm",
    "reauthenticate": "cuspide.accounts.forms.ConfirmSecondFactorForm",
    "activate_totp": "cuspide.accounts.forms.ActivateAppForm",
}
# Counters of failed sign-ins lie here: in the store, so that a restart or a second process does not forget them.
# Django keeps 300 by default and throws out live ones beyond: whoever fills it would be forgiven his failures.
CACHES = {
    "default": {
        "BACKEND": "cuspide.accounts.counters.Counters",
        "LOCATION": "accounts_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

DATABASES = {"default": database(CUSPIDE_HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "fr"
# Each in its own words: who looks for a language reads that one.
LANGUAGES = [("fr", "Français"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "cuspide_language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
# The command line is no Django application; its words are loaded all the same.
LOCALE_PATHS = [PACKAGE / "cli" / "locale"]
USE_I18N = True
TIME_ZONE = CUSPIDE_HOME.time_zone
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "/static/"
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.AppDirectoriesFinder"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
# Vite's names carry a hash of the content.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/cuspide/assets/"

# One page, one origin: no inline script or style, no frame, no other host. The live stream has a port of its own.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF, *live_address.origins(ALLOWED_HOSTS, CUSPIDE_HOME)],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# With TLS a cookie's name itself forbids that another host, or a page without TLS, sets it.
_HOST = "__Host-" if _TLS else ""
SESSION_COOKIE_NAME = f"{_HOST}cuspide_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_ENGINE = "cuspide.accounts.sessions"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _TLS
SECURE_SSL_REDIRECT = _TLS
# What a workstation needs before it trusts the practice's certificate (see `core.tls.door`).
SECURE_REDIRECT_EXEMPT = [r"^install-certificate/", r"^static/"] if CUSPIDE_HOME.serves_tls else []
# TLS ends at a proxy of the practice's own, which must set this header and take it away from what visitors send.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CUSPIDE_HOME.https else None
# A visitor's passkey challenge, for five minutes.
PASSKEY_COOKIE_NAME = f"{_HOST}cuspide_passkey"
# Says that somebody signed in here before, for `accounts.throttle`; it opens nothing.
KNOWN_BROWSER_COOKIE_NAME = f"{_HOST}cuspide_browser"
# Never with the practice's own authority: a browser that holds to HSTS offers no way on, and no page without TLS on any
# port of this host, the day the authority is made anew and must be installed again.
SECURE_HSTS_SECONDS = 31_536_000 if CUSPIDE_HOME.https or CUSPIDE_HOME.tls_certificate else 0
CSRF_COOKIE_NAME = f"{_HOST}cuspide_csrf"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True  # pages carry the token themselves
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# `core.pages.errors.MethodMiddleware` holds files to it too: none is large enough to be written to the disk.
DATA_UPLOAD_MAX_MEMORY_SIZE = FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

EMAIL_HOST, EMAIL_PORT = CUSPIDE_HOME.mail_host, CUSPIDE_HOME.mail_port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = CUSPIDE_HOME.mail_user, CUSPIDE_HOME.mail_password
EMAIL_USE_TLS = EMAIL_PORT == 587
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = CUSPIDE_HOME.mail_from or "cuspide@localhost"

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# A name or a NIR never reaches a log: nothing here prints a request's content, and errors are logged without theirs.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "cuspide.core.logs.PlainFormatter",
            "format": "%(asctime)s %(levelname)s %(part)s %(name)s %(message)s%(request_said)s",
        },
        "json": {"()": "cuspide.core.logs.JsonFormatter"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "json" if os.environ.get("CUSPIDE_LOG") == "json" else "plain",
        }
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "cuspide": {"level": "INFO"},
        # A refused page is not worth a line, and its address may be what somebody typed.
        "django.request": {"level": "ERROR"},
        # Whoever sends a strange Host header does not get to fill the log.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        # Django's own handler mails and prints; ours is enough.
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
    },
}
