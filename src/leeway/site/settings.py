"""Every setting, read top to bottom. What differs between councils comes from the environment."""

import os
import secrets
from datetime import date
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from leeway.site.database import database_settings


def env_bool(name: str, default: str) -> bool:
    value = os.getenv(name, default)
    if value not in {"True", "False"}:
        raise ImproperlyConfigured(f"{name} is {value!r}; use True or False.")
    return value == "True"


def env_list(name: str, default: str) -> list[str]:
    return [item.strip() for item in os.getenv(name, default).split(",") if item.strip()]


def env_date(name: str, default: str) -> date:
    value = os.getenv(name, default)
    try:
        return date.fromisoformat(value)
    except ValueError as problem:
        raise ImproperlyConfigured(f"{name} is {value!r}; write a date like 2026-03-30.") from problem


def env_secret(name: str) -> str:
    """A secret from NAME, or from the file that NAME_FILE names; kept in the data folder where neither is given.

    In production a missing secret stops the start.
    """
    if os.getenv(f"{name}_FILE"):
        return Path(os.environ[f"{name}_FILE"]).read_text(encoding="utf-8").strip()
    if os.getenv(name):
        return os.environ[name]
    if not DEBUG:
        raise ImproperlyConfigured(f"Set {name} or {name}_FILE before starting Leeway in production.")
    kept = DATA_FOLDER / f"{name.lower()}.txt"
    if not kept.exists():
        DATA_FOLDER.mkdir(parents=True, exist_ok=True)
        kept.write_text(secrets.token_urlsafe(50), encoding="utf-8")
    return kept.read_text(encoding="utf-8")


SITE_FOLDER = Path(__file__).resolve().parent

# --- What a council sets ------------------------------------------------------------------------------
DEBUG = not env_bool("LEEWAY_PRODUCTION", "False")
DATA_FOLDER = Path(os.getenv("LEEWAY_DATA", ".leeway")).resolve()
COUNCIL_NAME = os.getenv("LEEWAY_COUNCIL", "Fairbourne Council")
DEMO = env_bool("LEEWAY_DEMO", "False")
COUNCIL_POLICY = Path(os.environ["LEEWAY_POLICY"]) if os.getenv("LEEWAY_POLICY") else None
MODULUS_WEIGHTS = os.getenv("LEEWAY_MODULUS_WEIGHTS")
MODULUS_SUBSTITUTIONS = os.getenv("LEEWAY_MODULUS_SUBSTITUTIONS")
BACS_SERVICE_USER_NUMBER = os.getenv("LEEWAY_BACS_SERVICE_USER_NUMBER", "000000")
BANK_SORT_CODE = os.getenv("LEEWAY_BANK_SORT_CODE", "000000")
BANK_ACCOUNT_NUMBER = os.getenv("LEEWAY_BANK_ACCOUNT_NUMBER", "00000000")
PAY_CALENDAR_STARTS_ON = env_date("LEEWAY_PAY_CALENDAR_STARTS_ON", "2026-03-30")
STAFF_NEED_SECOND_FACTOR = env_bool("LEEWAY_STAFF_MFA", "False" if DEBUG else "True")
ALLOWED_HOSTS = env_list("LEEWAY_HOSTS", "127.0.0.1,localhost,testserver")
CSRF_TRUSTED_ORIGINS = env_list("LEEWAY_ORIGINS", "")
SECRET_KEY = env_secret("LEEWAY_SECRET_KEY")

# --- Rooms --------------------------------------------------------------------------------------------
ROOMS = [
    "leeway.access",
    "leeway.directory",
    "leeway.care.people",
    "leeway.care.decisions",
    "leeway.care.assessment",
    "leeway.care.planning",
    "leeway.care.review",
    "leeway.care.letters",
    "leeway.money.ledger",
    "leeway.money.payees",
    "leeway.money.budgets",
    "leeway.money.payments",
    "leeway.site",
]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "pgtrigger",
    "pghistory",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "django_htmx",
    *ROOMS,
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "leeway.access.middleware.AccessTable",
    "pghistory.middleware.HistoryMiddleware",
]
ROOT_URLCONF = "leeway.site.urls"
WSGI_APPLICATION = "leeway.site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": True,
        "OPTIONS": {"environment": "leeway.site.templates.environment"},
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    },
]

# --- Data ---------------------------------------------------------------------------------------------
DATABASES = {"default": database_settings(DATA_FOLDER)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PGHISTORY_APPEND_ONLY = True

# --- Sign-in ------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"

# --- Language and time --------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = True

# --- Static files -------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = DATA_FOLDER / "static"
WHITENOISE_USE_FINDERS = DEBUG

# --- Safety -------------------------------------------------------------------------------------------
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG
SESSION_COOKIE_HTTPONLY = True
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SECURE_HSTS_SECONDS = 0 if DEBUG else 31_536_000
SECURE_SSL_REDIRECT = not DEBUG and env_bool("LEEWAY_HTTPS_REDIRECT", "True")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
