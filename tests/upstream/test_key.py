"""The key is told to the provider's own origin and to nobody else."""

import httpx
import pytest

from studio.upstream.gateway import Gateway, get

HOME = Gateway("https://api.example.test/v1", key="sk-canary")


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://api.example.test/cdn/a.mp4", True),
        ("https://api.example.test:443/a.mp4", True),
        ("https://API.example.test/a.mp4", True),
        ("https://cdn.example.test/a.mp4", False),
        ("https://api.example.test.evil.example/a.mp4", False),
        ("https://evil.example/?https://api.example.test/", False),
        ("http://api.example.test/a.mp4", False),
        ("https://api.example.test:8443/a.mp4", False),
        ("https://api.example.test@evil.example/a.mp4", False),
    ],
)
async def test_only_the_providers_own_origin_hears_the_key(url, told):
    heard = []

    def answer(request: httpx.Request) -> httpx.Response:
        heard.append(request.headers.get("authorization"))
        return httpx.Response(200)

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        await (await get(http, HOME, url)).aclose()
    assert ("sk-canary" in (heard[0] or "")) == told


def test_the_key_is_not_in_a_gateways_repr():
    assert "canary" not in repr(HOME)
