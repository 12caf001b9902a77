"""Trying a gateway without starting a job: the list of models, then a request that cannot become one."""

import asyncio
import json
from contextlib import aclosing
from dataclasses import dataclass, field

import httpx

from studio.upstream.addresses import endpoint
from studio.upstream.exchange import Exchange
from studio.upstream.failures import Failure
from studio.upstream.gateway import Gateway, TooMuch, get, read_up_to

TRIAL_SECONDS = 25.0
MODELS_MAX_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Verdict:
    """``code``: ok, no_connection, private_address, tls, not_http, html, timeout, bad_key, no_such_model, not_chat,
    load, quota or unclear. ``detail``: the gateway's own words. ``models``: ids it lists, if it does."""

    code: str
    detail: str = ""
    models: tuple[str, ...] = field(default=())


async def trial(http: httpx.AsyncClient, gateway: Gateway, model: str = "") -> Verdict:
    try:
        async with asyncio.timeout(TRIAL_SECONDS):
            models = await _models(http, gateway)
            if model and models and model not in models:
                return Verdict("no_such_model", model, models)
            return await _post(http, gateway, model or next(iter(models), "sora-2"), models)
    except TimeoutError:
        return Verdict("timeout")


async def _models(http: httpx.AsyncClient, gateway: Gateway) -> tuple[str, ...]:
    """Ids the gateway lists; empty when it lists none: many gateways have no such page."""
    try:
        response = await get(http, gateway, endpoint(gateway.base_url, "models"))
        async with aclosing(response):
            told = json.loads(await read_up_to(response, MODELS_MAX_BYTES)) if response.status_code == 200 else {}
    except (httpx.HTTPError, httpx.InvalidURL, TooMuch, ValueError, RecursionError):
        return ()
    data = told.get("data") if isinstance(told, dict) else None
    ids = [entry.get("id") for entry in data if isinstance(entry, dict)] if isinstance(data, list) else []
    return tuple(id_ for id_ in ids if isinstance(id_, str) and 0 < len(id_) <= 200)[:2000]


async def _post(http: httpx.AsyncClient, gateway: Gateway, model: str, models: tuple[str, ...]) -> Verdict:
    """Empty messages: every gateway refuses them before a job begins, and how it refuses tells what it is."""
    exchange = Exchange(http, gateway, {"model": model, "messages": [], "stream": False})
    async for _ in exchange:
        pass
    reading = exchange.reading()
    failure = reading.failure
    if exchange.status is None and failure is not None:
        return Verdict(_unreached(failure), failure.message, models)
    if failure is not None and failure.kind in ("quota", "load"):
        return Verdict(failure.kind, failure.message, models)
    if exchange.reader.shape == "html" and (failure is None or failure.kind != "auth"):
        return Verdict("html", _said(failure), models)
    if exchange.status in (401, 403) or (failure is not None and failure.kind == "auth"):
        return Verdict("bad_key", _said(failure), models)
    if failure is not None and failure.advice == "check_model":
        return Verdict("no_such_model", model, models)
    if exchange.status in (404, 405) or (failure is not None and failure.code == "redirect"):
        return Verdict("not_chat", _said(failure), models)
    if reading.envelope or (failure is not None and exchange.reader.shape in ("json", "sse")):
        return Verdict("ok", "", models)
    return Verdict("unclear", _said(failure), models)


# Verdicts for what ended on the way, by the code of the failure.
UNREACHED = {
    "private_address": "private_address", "tls": "tls", "not_http": "not_http", "no_connection": "no_connection",
    "not_sent": "no_connection",
}  # fmt: skip


def _unreached(failure: Failure) -> str:
    return UNREACHED.get(failure.code or "", "timeout")


def _said(failure: Failure | None) -> str:
    return failure.message if failure else ""
