"""Every knob, read once and strictly. The README's table lists them all; a test compares the two."""

import socket
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from environs import Env

from studio.web.secrets import kept_secret

env = Env()

BASE_DIR = Path(__file__).resolve().parent.parent

# Where everything a person owns lives. Moving the studio is moving this folder.
STUDIO_DATA_DIR: Path = env.path("STUDIO_DATA_DIR", BASE_DIR / "data").expanduser().absolute()
STUDIO_DATA_DIR.mkdir(parents=True, exist_ok=True)
SCRATCH_DIR = STUDIO_DATA_DIR / "scratch"  # on the media's disk, so that keeping a finished file is a rename

# Where it is reached. STUDIO_BIND_HOST and STUDIO_BIND_PORT are how `run --host --port` tells the settings.
PUBLIC_URL: str = env.str("STUDIO_PUBLIC_URL", "").rstrip("/")
INTERNAL_URL: str = env.str("STUDIO_INTERNAL_URL", "").rstrip("/")
BIND_HOST: str = env.str("STUDIO_BIND_HOST", "127.0.0.1")
BIND_PORT: int = env.int("STUDIO_BIND_PORT", 8000)
DEBUG: bool = env.bool("STUDIO_DEBUG", False)

# How patient and how greedy. Gateways are silent for 30 s and more between frames, and a job may take 30 minutes.
UPSTREAM_FRAME_TIMEOUT_SECONDS: float = env.float("STUDIO_UPSTREAM_FRAME_TIMEOUT_SECONDS", 180.0)
UPSTREAM_TOTAL_TIMEOUT_SECONDS: float = env.float("STUDIO_UPSTREAM_TOTAL_TIMEOUT_SECONDS", 45 * 60.0)
VIDEO_MAX_MEGABYTES: int = env.int("STUDIO_VIDEO_MAX_MEGABYTES", 1024)
RUNNING_AT_ONCE: int = env.int("STUDIO_RUNNING_AT_ONCE", 200)
DEMO_STALL_SECONDS: float = env.float("STUDIO_DEMO_STALL_SECONDS", 600.0)

SECRET_KEY = kept_secret(STUDIO_DATA_DIR / "keys" / "secret_key")
SEAL_KEY = kept_secret(STUDIO_DATA_DIR / "keys" / "seal_key")


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def own_hosts(bind_host: str) -> list[str]:
    """Names and addresses this studio answers to. Addresses cannot be rebound by a foreign page, names are our own."""
    hosts = ["localhost", "127.0.0.1", "[::1]"]
    if PUBLIC_URL:
        hosts.append(urlsplit(PUBLIC_URL).hostname or "")
    if not is_loopback(bind_host):
        name = socket.gethostname()
        bound = f"[{bind_host}]" if ":" in bind_host and not bind_host.startswith("[") else bind_host
        hosts += [bound, name, f"{name}.local", socket.getfqdn()]
        try:
            found = {entry[4][0] for entry in socket.getaddrinfo(name, None)}
        except OSError:
            found = set()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect(("192.0.2.1", 9))  # TEST-NET: nothing is sent, the kernel only picks our outward address
                found.add(probe.getsockname()[0])
            except OSError:
                pass
        hosts += [f"[{address}]" if ":" in str(address) else str(address) for address in found]
    return [host for host in dict.fromkeys(hosts) if host]


# The owner's account is made by whoever comes first; away from loopback that must be somebody who sees the console.
SETUP_NEEDS_TOKEN = bool(PUBLIC_URL) or not is_loopback(BIND_HOST)
ALLOWED_HOSTS = own_hosts(BIND_HOST)
SECURE = PUBLIC_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "studio.web",
    "studio.workspaces",
    "studio.live",
    "studio.providers",
    "studio.prompts",
    "studio.generations",
    "studio.gallery",
    "studio.engine",
    "studio.desk",
    "studio.demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "studio.web.middleware.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "studio.workspaces.middleware.PersonLocaleMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "studio.urls"
ASGI_APPLICATION = "studio.asgi.application"
AUTH_USER_MODEL = "workspaces.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGIN_URL = "workspaces:login"
LOGIN_REDIRECT_URL = "desk:compose"
LOGOUT_REDIRECT_URL = "workspaces:login"

TEMPLATES = [
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
                "studio.workspaces.context.person",
            ],
        },
    },
]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": STUDIO_DATA_DIR / "studio.sqlite3",
        # Django's defaults gave 954 lock errors in 1,600 writes from 8 threads; these gave none (design.md).
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
        },
        "TEST": {"NAME": STUDIO_DATA_DIR / "test.sqlite3"},
    }
}

STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": STUDIO_DATA_DIR / "media"},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True  # serves static/ as it lies, no collectstatic
WHITENOISE_AUTOREFRESH = DEBUG

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
LOCALE_PATHS = [BASE_DIR / "studio" / "locale"]
LANGUAGE_COOKIE_NAME = "studio_language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("STUDIO_TIME_ZONE", "UTC")

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]

SESSION_COOKIE_NAME = "__Host-studio_session" if SECURE else "studio_session"
CSRF_COOKIE_NAME = "__Host-studio_csrf" if SECURE else "studio_csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
CSRF_FAILURE_VIEW = "studio.workspaces.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
if SECURE:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname:<7} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"studio": {"level": "INFO"}, "httpx": {"level": "WARNING"}, "daphne": {"level": "WARNING"}},
}
