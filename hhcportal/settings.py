"""Settings, from the environment alone (see `.env.example` and the README).

Where a variable is missing, the file `var/run/environment` that a running `make run` keeps
answers for it, so that `manage.py` reaches that program's database without further settings.
Every secret may also come from a file: `NAME_FILE` names it.
"""

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("VAR_DIR") or BASE_DIR / "var")

env = environ.FileAwareEnv()
_running = VAR_DIR / "run" / "environment"
if _running.is_file():
    environ.Env.read_env(_running, overwrite=False)


def _required(name: str, remedy: str) -> str:
    value: str = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set: {remedy}")
    return value


def _colour(name: str) -> str:
    value: str = env.str(name, default="")
    if value and not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
        raise ImproperlyConfigured(f"{name} is no colour as #1a5fb4.")
    return value


# ---------------------------------------------------------------- what the operator decides
SECRET_KEY = _required("SECRET_KEY", "set it, or start the program with `make run`.")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# Whoever brings it may read `/metrics`; without one nobody may.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
PORTAL_URL = env.str("PORTAL_URL", default="http://127.0.0.1:8000").rstrip("/")
PRODUCT_NAME = env.str("PRODUCT_NAME", default="Handheld Mailbox")
PRODUCT_COLOUR = _colour("PRODUCT_COLOUR")
SUPPORT_PHONE = env.str("SUPPORT_PHONE", default="")
SUPPORT_HOURS = env.str("SUPPORT_HOURS", default="")
SUPPORT_EMAIL = env.str("SUPPORT_EMAIL", default="")
SUPPORT_TICKET_URL = env.str("SUPPORT_TICKET_URL", default="")
ALLOW_TIME_TRAVEL = env.bool("ALLOW_TIME_TRAVEL", default=False)
MAINTENANCE = env.bool("MAINTENANCE", default=False)
# How many proxies in front append to X-Forwarded-For; the last one's word counts.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
REQUESTS_PER_MINUTE = env.int("REQUESTS_PER_MINUTE", default=600)
REQUESTS_BURST = env.int("REQUESTS_BURST", default=100)
# How often whoever waits for mail looks without being called: what Redis loses costs so long.
LOOK_SECONDS = env.float("LOOK_SECONDS", default=25.0)
# Off only where a failover loses nothing, as with a synchronous standby.
NEW_EPOCH_AFTER_FAILOVER = env.bool("NEW_EPOCH_AFTER_FAILOVER", default=True)
MAILBOX_MAX_CHANGES = env.int("MAILBOX_MAX_CHANGES", default=2_000_000)
MAILBOX_MAX_BYTES = env.int("MAILBOX_MAX_BYTES", default=5 * 1024**3)
# Plain http to this machine as a push endpoint: for tests, and a push service of one's own here.
PUSH_TO_LOOPBACK = env.bool("PUSH_TO_LOOPBACK", default=False)
# Below it a program is told to be outdated; by role (`server`, `device`) or by platform.
MIN_CLIENT_VERSIONS = env.dict("MIN_CLIENT_VERSIONS", default={})

# ---------------------------------------------------------------- Django
DEBUG = False
_portal = urlsplit(PORTAL_URL)
_secure = _portal.scheme == "https"
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=[_portal.hostname or "localhost", "localhost", "127.0.0.1", "[::1]"]
)
CSRF_TRUSTED_ORIGINS = [PORTAL_URL]
ROOT_URLCONF = "hhcportal.urls"
WSGI_APPLICATION = "hhcportal.wsgi.application"
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = False

INSTALLED_APPS = [
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "accounts",
    "mailbox",
    "sync",
    "hhcportal",
]

MIDDLEWARE = [
    "hhcportal.middleware.request_id",
    "hhcportal.metrics.timed",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "hhcportal.pages.headers.no_store",
    "hhcportal.middleware.api_first",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "hhcportal.pages.language.of_person",
    "hhcportal.pages.zone.of_person",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "hhcportal.pages.context.product",
            ],
            "builtins": ["hhcportal.pages.tags"],
        },
    }
]

# ---------------------------------------------------------------- PostgreSQL
DATABASE_URL = _required("DATABASE_URL", "set it, or start the program with `make run`.")
DATABASES: dict[str, dict[str, Any]] = {"default": dict(env.db_url_config(DATABASE_URL))}
if DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
    raise ImproperlyConfigured("DATABASE_URL must name a PostgreSQL database (postgres://…).")
# `wsgi.py` asks for it: web threads outnumber connections, each takes one for its statements
# alone. A worker or a command has one thread and keeps one connection.
_pooled = env.bool("DATABASE_POOL", default=False)
DATABASES["default"].update(
    CONN_MAX_AGE=0 if _pooled else 60,
    CONN_HEALTH_CHECKS=not _pooled,
    OPTIONS={
        **DATABASES["default"].get("OPTIONS", {}),
        **({"pool": {"min_size": 2, "max_size": 10, "timeout": 10}} if _pooled else {}),
        "connect_timeout": 5,
        "options": "-c lock_timeout=5s -c idle_in_transaction_session_timeout=15s"
        # Compiling a plan costs more than any statement here takes.
        " -c plan_cache_mode=force_generic_plan -c jit=off",
        # Prepare what asks for it, the hot path's statements, and nothing by itself.
        "prepare_threshold": 1_000_000_000,
    },
)
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "hhcportal_cache",
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"

# ---------------------------------------------------------------- Celery
REDIS_URL = _required("REDIS_URL", "set it, or start the program with `make run`.")

# ---------------------------------------------------------------- people's sign-in
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_ADAPTER = "hhcportal.signin.Adapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Whose wrong passwords are counted: the address that the last trusted proxy names.
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
EMAIL_BACKEND = env.str("EMAIL_BACKEND", default="hhcportal.mailfiles.EmailBackend")
EMAIL_FILE_PATH = str(VAR_DIR / "mail")
EMAIL_HOST = env.str("EMAIL_HOST", default="localhost")
EMAIL_PORT = env.int("EMAIL_PORT", default=587)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", default="")
EMAIL_TIMEOUT = 10  # seconds
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=True)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="mailbox@localhost")

# ---------------------------------------------------------------- security headers
SECURE_SSL_REDIRECT = _secure
# The container's probe and the devices behind a proxy speak for themselves over plain HTTP.
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 31_536_000 if _secure else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _secure
SECURE_HSTS_PRELOAD = _secure
SECURE_REFERRER_POLICY = "same-origin"
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _secure
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "hhcportal.pages.errors.csrf_failed"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

# ---------------------------------------------------------------- languages, times, static files
LANGUAGE_CODE = "de"
LANGUAGES = [("de", "Deutsch"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "hhcportal" / "locale"]
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="Europe/Berlin")
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# No page asks for a file without its hash, and to compress each twice doubles a first start's time.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# ---------------------------------------------------------------- the API and the log
REST_FRAMEWORK = {"UNAUTHENTICATED_USER": None, "UNAUTHENTICATED_TOKEN": None}
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
            "datefmt": "%Y-%m-%dT%H:%M:%S%z",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {"django.request": {"level": "ERROR"}},
}
