"""Every setting, read top to bottom. What differs between councils comes from the environment."""

import os
import re
from datetime import date
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

from leeway.site.database import database_settings, kept_secret
from leeway.site.storage import in_bucket, in_folder


def env_bool(name: str, default: str) -> bool:
    value = os.getenv(name, default)
    if value not in {"True", "False"}:
        raise ImproperlyConfigured(f"{name} is {value!r}; use True or False.")
    return value == "True"


def env_list(name: str, default: str) -> list[str]:
    return [item.strip() for item in os.getenv(name, default).split(",") if item.strip()]


def env_number(name: str, default: str) -> int:
    value = os.getenv(name, default)
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name} is {value!r}; use a whole number, like {default}.")
    return int(value)


def env_date(name: str, default: str) -> date:
    value = os.getenv(name, default)
    try:
        return date.fromisoformat(value)
    except ValueError as problem:
        raise ImproperlyConfigured(f"{name} is {value!r}; write a date like 2026-03-30.") from problem


def env_socket(name: str) -> str:
    value = os.getenv(name, "")
    host, _, port = value.rpartition(":")
    if value and not value.startswith("/") and not (host and port.isdecimal()):
        raise ImproperlyConfigured(f"{name} is {value!r}; use the path of a socket, or host:port.")
    return value


def env_secret_file(name: str) -> str:
    try:
        return Path(os.environ[name]).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as problem:
        raise ImproperlyConfigured(f"{name} is {os.environ[name]!r}, which cannot be read as a text file.") from problem


def env_secret(name: str) -> str:
    """A secret from NAME, or from the file that NAME_FILE names; kept in the data folder where neither is given.

    In production a missing secret stops the start.
    """
    if os.getenv(f"{name}_FILE"):
        return env_secret_file(f"{name}_FILE")
    if os.getenv(name):
        return os.environ[name]
    if PRODUCTION:
        raise ImproperlyConfigured(f"Set {name} or {name}_FILE before starting Leeway in production.")
    return kept_secret(DATA_FOLDER / f"{name.lower()}.txt")


SITE_FOLDER = Path(__file__).resolve().parent

# --- What a council sets ------------------------------------------------------------------------------
PRODUCTION = env_bool("LEEWAY_PRODUCTION", "False")
DEMO = env_bool("LEEWAY_DEMO", "False")
DEBUG = env_bool("LEEWAY_DEBUG", "False")
DATA_FOLDER = Path(os.getenv("LEEWAY_DATA", ".leeway")).resolve()
COUNCIL_NAME = os.getenv("LEEWAY_COUNCIL", "Fairbourne Council")
COUNCIL_PHONE = os.getenv("LEEWAY_PHONE", "" if PRODUCTION else "01632 960100")
COUNCIL_CONTACT = os.getenv(
    "LEEWAY_CONTACT", f"call us{f' on {COUNCIL_PHONE}' if COUNCIL_PHONE else ''} or ask your worker"
)
#: What providers and NHS bodies are told, who have no worker.
OFFICE_CONTACT = f"call us on {COUNCIL_PHONE}" if COUNCIL_PHONE else COUNCIL_CONTACT
URGENT_PHONE = os.getenv("LEEWAY_URGENT_PHONE", "" if PRODUCTION else "01632 960 100")
if not URGENT_PHONE:
    raise ImproperlyConfigured(
        "Set LEEWAY_URGENT_PHONE to the number on which adult social care is reached at any hour: the public page on "
        "which people ask for help tells it."
    )
ANSWER_DAYS = env_number("LEEWAY_ANSWER_DAYS", "5")
SITE_ADDRESS = os.getenv("LEEWAY_SITE", "http://localhost:8000").rstrip("/")
COUNCIL_POLICY = Path(os.environ["LEEWAY_POLICY"]) if os.getenv("LEEWAY_POLICY") else None
GENERAL_LEDGER = Path(os.environ["LEEWAY_GENERAL_LEDGER"]) if os.getenv("LEEWAY_GENERAL_LEDGER") else None
MODULUS_WEIGHTS = os.getenv("LEEWAY_MODULUS_WEIGHTS")
MODULUS_SUBSTITUTIONS = os.getenv("LEEWAY_MODULUS_SUBSTITUTIONS")
BACS_SERVICE_USER_NUMBER = os.getenv("LEEWAY_BACS_SERVICE_USER_NUMBER", "000000")
BANK_SORT_CODE = os.getenv("LEEWAY_BANK_SORT_CODE", "000000")
BANK_ACCOUNT_NUMBER = os.getenv("LEEWAY_BANK_ACCOUNT_NUMBER", "00000000")
PAY_CALENDAR_STARTS_ON = env_date("LEEWAY_PAY_CALENDAR_STARTS_ON", "2026-03-30")
RUN_SECOND_APPROVER_PENCE = env_number("LEEWAY_RUN_SECOND_APPROVER_POUNDS", "250000") * 100
INTERIM_MOST_PENCE = env_number("LEEWAY_INTERIM_MOST_POUNDS", "2000") * 100
LAST_COST_SECOND_LOOK_PENCE = env_number("LEEWAY_LAST_COST_SECOND_LOOK_POUNDS", "5000") * 100
STAFF_NEED_SECOND_FACTOR = env_bool("LEEWAY_STAFF_MFA", "False" if DEMO or DEBUG else "True")
if PRODUCTION and DEBUG:
    raise ImproperlyConfigured("LEEWAY_DEBUG shows everybody what goes wrong inside. Leave it out in production.")
if PRODUCTION and not STAFF_NEED_SECOND_FACTOR:
    raise ImproperlyConfigured("LEEWAY_STAFF_MFA cannot be False in production: everybody’s records are behind it.")
ALLOWED_HOSTS = env_list("LEEWAY_HOSTS", "127.0.0.1,localhost,testserver")
CSRF_TRUSTED_ORIGINS = env_list("LEEWAY_ORIGINS", "")
SECRET_KEY = env_secret("LEEWAY_SECRET_KEY")

# --- Rooms --------------------------------------------------------------------------------------------
ROOMS = [
    "leeway.access",
    "leeway.jobs",
    "leeway.seal",
    "leeway.files",
    "leeway.messages",
    "leeway.market.listings",
    "leeway.market.contracts",
    "leeway.market.directory",
    "leeway.care.people",
    "leeway.care.asking",
    "leeway.care.circumstances",
    "leeway.care.corrections",
    "leeway.care.employing",
    "leeway.care.conditions",
    "leeway.care.decisions",
    "leeway.care.assessment",
    "leeway.care.planning",
    "leeway.care.review",
    "leeway.care.letters",
    "leeway.money.ledger",
    "leeway.money.payees",
    "leeway.money.budgets",
    "leeway.money.funders",
    "leeway.money.lines",
    "leeway.money.contributions",
    "leeway.money.invoices",  # by night before bills: what was not delivered is off them then
    "leeway.money.bills",
    "leeway.money.claims",
    "leeway.money.uprating",
    "leeway.money.service_funds",
    "leeway.money.payments",
    "leeway.money.statements",
    "leeway.money.spending",
    "leeway.money.monitoring",
    "leeway.money.recovery",
    "leeway.money.disputes",
    "leeway.money.pools",
    "leeway.money.figures",
    "leeway.insight.pages",
    "leeway.insight.themes",
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
    "procrastinate.contrib.django",
    *ROOMS,
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "leeway.access.middleware.end_old_sessions",
    "leeway.access.middleware.AccessTable",
    "pghistory.middleware.HistoryMiddleware",
]
ROOT_URLCONF = "leeway.site.urls"
WSGI_APPLICATION = "leeway.site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": True,
        "OPTIONS": {
            "environment": "leeway.site.templates.environment",
            "context_processors": [
                "django.contrib.auth.context_processors.auth",
                "django.template.context_processors.csp",
            ],
        },
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
SEAL_FOLDERS = [DATA_FOLDER / "seals", *([Path(os.environ["LEEWAY_SEALS"])] if os.getenv("LEEWAY_SEALS") else [])]
DATABASES = {"default": database_settings(DATA_FOLDER)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {  # the failed sign-ins that throttling counts: shared by every process of the server
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "leeway_cache"}
}

# --- Files ------------------------------------------------------------------------------------------
FILE_BYTES_MAX = env_number("LEEWAY_FILE_MB", "15") * 1_000_000
FILE_UPLOAD_HANDLERS = ["leeway.files.uploads.WithinLimit"]
DATA_UPLOAD_MAX_NUMBER_FILES = 5
CLAMD = env_socket("LEEWAY_CLAMD")
S3_BUCKET, S3_KEY_ID = os.getenv("LEEWAY_S3_BUCKET"), os.getenv("LEEWAY_S3_KEY_ID")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # nothing is kept but in “files”
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "files": in_bucket(
        S3_BUCKET,
        endpoint=os.getenv("LEEWAY_S3_ENDPOINT"),
        region=os.getenv("LEEWAY_S3_REGION"),
        key_id=S3_KEY_ID,
        secret=env_secret("LEEWAY_S3_SECRET") if S3_KEY_ID else None,
    )
    if S3_BUCKET
    else in_folder(DATA_FOLDER),
}
# --- Jobs: each room's `jobs.py` says what can be done in the background -------------------------------
#: More payments or bank lines than this are a job: the slowest step, reading a statement, takes under a millisecond of
#: processor time a line (docs/explanation/speed.md), so that no page takes longer than a second.
AT_ONCE_MOST = env_number("LEEWAY_AT_ONCE_MOST", "1000")
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
PROCRASTINATE_PERIODIC_DEFAULTS = {"max_delay": 60 * 60}  # an hour's work is caught up with after a pause

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
ACCOUNT_ADAPTER = "leeway.access.adapter.Accounts"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]  # nobody signs up: accounts are made or invited
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # the invitation proves the address
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_TEMPLATE_EXTENSION = "jinja"
ACCOUNT_FORMS = {
    "login": "leeway.access.forms.SignIn",
    "change_password": "leeway.access.forms.ChangePassword",
    "set_password": "leeway.access.forms.FirstPassword",
    "reset_password": "leeway.site.resetting.AskForPassword",
    "reset_password_from_key": "leeway.site.resetting.SetPassword",
}
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "20/m/ip,5/5m/key", "reset_password": "10/m/ip,3/m/key"}
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if PRODUCTION else "http"
ALLAUTH_TRUSTED_PROXY_COUNT = env_number("LEEWAY_PROXIES", "0")
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # the invitation proved it
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
MFA_TOTP_ISSUER = f"Leeway, {COUNCIL_NAME}"
MFA_TOTP_TOLERANCE = 1
PASSWORD_RESET_TIMEOUT = 3 * 24 * 60 * 60
OIDC_ISSUER = os.getenv("LEEWAY_OIDC_ISSUER", "")
if OIDC_ISSUER and not os.getenv("LEEWAY_OIDC_CLIENT_ID"):
    raise ImproperlyConfigured("LEEWAY_OIDC_ISSUER is set; set LEEWAY_OIDC_CLIENT_ID too.")
SOCIALACCOUNT_ADAPTER = "leeway.access.adapter.SingleSignOn"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True  # an address that the council's identity provider has verified
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "APPS": [
            {
                "provider_id": "council",
                "name": COUNCIL_NAME,
                "client_id": os.environ["LEEWAY_OIDC_CLIENT_ID"],
                "secret": env_secret("LEEWAY_OIDC_SECRET"),
                "settings": {
                    "server_url": OIDC_ISSUER,
                    "oauth_pkce_enabled": True,
                    "verified_email": env_list("LEEWAY_OIDC_DOMAINS", ""),
                },
            }
        ]
        if OIDC_ISSUER
        else []
    }
}

# --- Messages: what leaves for a person ---------------------------------------------------------------
NOTIFY_ADDRESS = os.getenv("LEEWAY_NOTIFY_ADDRESS", "https://api.notifications.service.gov.uk")
NOTIFY_KEY = (
    env_secret("LEEWAY_NOTIFY_KEY") if os.getenv("LEEWAY_NOTIFY_KEY") or os.getenv("LEEWAY_NOTIFY_KEY_FILE") else ""
)
if NOTIFY_KEY and not re.search(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-[0-9a-f]{8}(-[0-9a-f]{4}){3}-", NOTIFY_KEY):
    raise ImproperlyConfigured("LEEWAY_NOTIFY_KEY is not a whole key of GOV.UK Notify. Copy it again, with its name.")
NOTIFY_TEMPLATES = {
    "email": os.getenv("LEEWAY_NOTIFY_EMAIL_TEMPLATE", ""),
    "text": os.getenv("LEEWAY_NOTIFY_TEXT_TEMPLATE", ""),
    "post": os.getenv("LEEWAY_NOTIFY_LETTER_TEMPLATE", ""),
}

# --- Email: invitations and forgotten passwords, and messages where Notify does not send them ---------
DEFAULT_FROM_EMAIL = os.getenv("LEEWAY_EMAIL_FROM", "leeway@localhost")
MAILERS = {
    "default": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": os.environ["LEEWAY_EMAIL_HOST"],
            "port": env_number("LEEWAY_EMAIL_PORT", "587"),
            "username": os.getenv("LEEWAY_EMAIL_USER", ""),
            "password": env_secret("LEEWAY_EMAIL_PASSWORD") if os.getenv("LEEWAY_EMAIL_USER") else "",
            "use_tls": env_bool("LEEWAY_EMAIL_TLS", "True"),
            "timeout": 30,  # seconds: a mail server that hangs stops nobody's work
        },
    }
    if os.getenv("LEEWAY_EMAIL_HOST")
    else {"BACKEND": "leeway.site.mail.Terminal"}
}

# --- Language and time --------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = True

# --- Static files -------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = DATA_FOLDER / "static"
WHITENOISE_USE_FINDERS = not PRODUCTION

# --- Safety -------------------------------------------------------------------------------------------
SESSION_IDLE_SECONDS = env_number("LEEWAY_IDLE_MINUTES", "60") * 60
SESSION_LONGEST_SECONDS = 10 * 60 * 60
SESSION_COOKIE_AGE = 24 * 60 * 60  # longer than a session lives, so that what was being written can be kept
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_HTTPONLY = True
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_SSL_REDIRECT = PRODUCTION and env_bool("LEEWAY_HTTPS_REDIRECT", "True")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_HSTS_INCLUDE_SUBDOMAINS = False  # the council's other services are theirs to decide
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]  # both ask for that, and for a public list of it
CSRF_FAILURE_VIEW = "leeway.site.views.form_expired"
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF, CSP.NONCE],
    "img-src": [CSP.SELF, "data:"],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "form-action": [CSP.SELF, *([OIDC_ISSUER] if OIDC_ISSUER else [])],
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"without_values": {"()": "leeway.access.logs.WithoutValues"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "without_values"},
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "psycopg.pool": {"level": "ERROR"},  # the worker itself says once that it lost the database
        "notifications_python_client": {"handlers": ["nowhere"], "propagate": False},  # it logs Notify's answers
    },
}
