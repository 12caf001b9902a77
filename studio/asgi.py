"""The front door: pages to Django, the one socket to the live room."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
pages = get_asgi_application()

from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.urls import path  # noqa: E402

from studio.live.consumers import LiveConsumer  # noqa: E402
from studio.live.origin import SameOriginOnly  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": pages,
        "websocket": SameOriginOnly(AuthMiddlewareStack(URLRouter([path("live/", LiveConsumer.as_asgi())]))),
    }
)
