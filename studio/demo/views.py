import json
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import aclosing
from functools import wraps
from typing import Any

from asgiref.sync import sync_to_async
from django.core.files.storage import FileSystemStorage
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.utils.crypto import get_random_string
from django.utils.html import format_html
from django.views.decorators.csrf import csrf_exempt

from studio.demo import jobs, telling
from studio.demo.catalogue import MODELS, base_model, last_words
from studio.demo.dialect import DONE, GAVE_UP, Speaker, error, usage_of
from studio.demo.faults import fault_in
from studio.demo.links import BAD_LINKS, Links
from studio.demo.openapi import mended
from studio.demo.validation import Invalid, check
from studio.media.serving import serve

BODY_MAX_BYTES = 24 * 1024 * 1024  # a first-frame picture as a data URI fits
HUGE_BYTES = 10 * 1024**3
CREATED = 1_735_689_600
View = Callable[..., Coroutine[Any, Any, HttpResponseBase]]


def refusal(
    status: int, message: str, kind: str, code: str | None, param: str | None = None, **headers: str
) -> JsonResponse:
    return JsonResponse(error(message, kind, code, param), status=status, headers=headers)


def with_key(view: View) -> View:
    """Any bearer key is right; none is 401."""

    @wraps(view)
    async def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not key.strip():
            told = "You didn't provide an API key. Any bearer key will do here."
            return refusal(401, told, "invalid_request_error", "invalid_api_key", **{"WWW-Authenticate": "Bearer"})
        return await view(request, *args, **kwargs)

    return guarded


def only(*methods: str) -> Callable[[View], View]:
    def guard(view: View) -> View:
        @wraps(view)
        async def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in methods:
                told = f"Use {' or '.join(methods)} here."
                return refusal(405, told, "invalid_request_error", "method_not_allowed", Allow=", ".join(methods))
            return await view(request, *args, **kwargs)

        return guarded

    return guard


@csrf_exempt
@only("POST")
@with_key
async def chat(request: HttpRequest) -> HttpResponseBase:
    """POST /v1/chat/completions, the endpoint of the spec."""
    try:
        body = check(_json(request))
    except Invalid as invalid:
        return JsonResponse(invalid.as_json(), status=invalid.status)
    speaker = Speaker(f"chatcmpl-{get_random_string(29)}", body["model"])
    if base_model(body["model"]) == "demo-text":
        return _text_answer(body, speaker)
    fault = fault_in(last_words(body["messages"])[0])
    if refused := _refused_at_once(fault):
        return refused
    if jobs.waiting() >= jobs.WAITING_MAX:
        told = "The upstream is under heavy load (heavy_load), please try again later."
        return refusal(503, told, "server_error", "heavy_load", **{"Retry-After": "30"})
    ask = telling.Ask(body, fault, Links(request))
    if not body.get("stream"):
        return await _whole(ask, speaker)
    answer = StreamingHttpResponse(_streamed(ask, speaker), content_type="text/event-stream; charset=utf-8")
    answer["Cache-Control"] = "no-cache"
    if fault == "cut":
        answer["Studio-Cut"] = "1"  # our server breaks the connection where the body ends
    return answer


def _json(request: HttpRequest) -> Any:
    if request.content_type != "application/json":
        raise Invalid("Send the body as application/json.", code="unsupported_media_type", status=415)
    raw = request.read(BODY_MAX_BYTES + 1)
    if len(raw) > BODY_MAX_BYTES:
        raise Invalid("The body is too large.", code="request_too_large", status=413)
    try:
        return json.loads(raw)
    except (ValueError, RecursionError) as problem:
        raise Invalid("The body is not valid JSON.", code="invalid_json") from problem


def _refused_at_once(fault: str | None) -> HttpResponse | None:
    match fault:
        case "quota":
            return refusal(
                403,
                "用户额度不足, 剩余额度: $0.00 (request id: demo20261123)",
                "new_api_error",
                "insufficient_user_quota",
            )
        case "429":
            told = "Rate limit reached. Please try again later."
            return refusal(429, told, "requests", "rate_limit_exceeded", **{"Retry-After": "7"})
        case "503":
            return refusal(
                503,
                "No available channel for model sora-2 (request id: demo20261123)",
                "new_api_error",
                "no_available_channel",
            )
        case "html":
            page = "<!DOCTYPE html><html><head><title>demo | 524: A timeout occurred</title></head><body><h1>Error 524</h1></body></html>"
            return HttpResponse(page, status=524, content_type="text/html; charset=utf-8")
    return None


async def _streamed(ask: telling.Ask, speaker: Speaker) -> AsyncGenerator[bytes, None]:
    try:
        async with aclosing(telling.frames(ask, speaker)) as frames:
            async for frame in frames:
                yield frame
    except telling.Cut:
        return


async def _whole(ask: telling.Ask, speaker: Speaker) -> HttpResponse:
    if ask.fault in ("load", "error-object"):
        return refusal(500, "The upstream job broke.", "server_error", "generation_failed")
    try:
        return JsonResponse(await telling.whole(ask, speaker))
    except telling.Cut:
        return HttpResponse(
            b'{"id":', content_type="application/json", headers={"Studio-Cut": "1", "Content-Length": "100000"}
        )


def _text_answer(body: dict[str, Any], speaker: Speaker) -> HttpResponseBase:
    """A text model: it answers with a sentence and makes no video."""
    prompt = last_words(body["messages"])[0]
    said = f"I only write text. A video model such as sora-2 would film this: {prompt[:200]}"
    contents = [said] * (body.get("n") or 1)
    counts = usage_of(body, contents)
    if not body.get("stream"):
        return JsonResponse(speaker.whole(contents, counts))

    async def told() -> AsyncGenerator[bytes, None]:
        for choice, text in enumerate(contents):
            yield speaker.frame(choice, {"role": "assistant", "content": ""})
            for word in text.split(" "):
                yield speaker.say(choice, f"{word} ")
            yield speaker.frame(choice, {}, "stop")
        if body.get("stream_options", {}).get("include_usage"):
            yield speaker.usage(counts)
        yield DONE

    return StreamingHttpResponse(told(), content_type="text/event-stream; charset=utf-8")


@only("GET", "HEAD")
@with_key
async def models(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"object": "list", "data": [_model(name) for name in MODELS]})


@only("GET", "HEAD")
@with_key
async def model(request: HttpRequest, name: str) -> HttpResponse:
    if name not in MODELS:
        return refusal(
            404, f"The model {name[:100]!r} does not exist.", "invalid_request_error", "model_not_found", "model"
        )
    return JsonResponse(_model(name))


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": CREATED, "owned_by": "studio-demo"}


@only("GET", "HEAD")
async def openapi(request: HttpRequest) -> HttpResponse:
    return JsonResponse(mended())


@only("GET", "HEAD")
async def source(request: HttpRequest, task_id: str) -> HttpResponse:
    """The job's status page, in the form that stands behind 原始数据 links."""
    job = jobs.job_named(task_id)
    if job is None:
        return JsonResponse({"detail": "unknown task"}, status=404)
    status = {"queued": "pending", "running": "processing", "done": "completed", "failed": "failed"}[job.state]
    done, links = job.state == "done", Links(request)
    told = {"id": job.id, "status": status, "progress": job.percent, "is_completed": done, "error": None}
    if done:
        told |= {"video_url": links.film(job), "thumbnail_url": links.cover(job)}
    if job.state == "failed":
        told["error"] = {"message": job.reason or GAVE_UP}
    return JsonResponse(told)


@only("GET", "HEAD")
async def web(request: HttpRequest, task_id: str) -> HttpResponse:
    job = jobs.job_named(task_id)
    if job is None:
        return HttpResponse("unknown task", status=404, content_type="text/plain")
    film = (
        format_html('<p><video controls src="{}"></video></p>', Links(request).film(job)) if job.state == "done" else ""
    )
    page = "<!DOCTYPE html><html><head><title>{0}</title></head><body><h1>{0}</h1><p>{1}, {2} %</p>{3}</body></html>"
    return HttpResponse(format_html(page, job.id, job.state, job.percent, film))


async def nothing_here(request: HttpRequest) -> HttpResponse:
    return refusal(404, f"Unknown request URL: {request.path[:200]}.", "invalid_request_error", "unknown_url")


@only("GET", "HEAD")
async def file(request: HttpRequest, name: str, ending: str) -> HttpResponseBase:
    fault, _, plain = name.rpartition("-")
    if fault in BAD_LINKS:
        return await _bad_file(fault, plain)
    storage = FileSystemStorage(location=jobs.folder())
    kind = "video/mp4" if ending == "mp4" else "image/webp"
    return await serve(request, storage, f"{name}.{ending}", content_type=kind, etag=name, filename=f"{name}.{ending}")


async def _bad_file(fault: str, name: str) -> HttpResponse:
    film = jobs.folder() / f"{name}.mp4"
    if fault == "gone" or not film.exists():
        return HttpResponse("gone", status=404, content_type="text/plain")
    if fault == "notvideo":
        return HttpResponse("<!DOCTYPE html><title>Sign in</title><h1>Sign in to watch</h1>", content_type="text/html")
    content = await sync_to_async(film.read_bytes, thread_sensitive=False)()
    promised = HUGE_BYTES if fault == "huge" else len(content)
    headers = {"Content-Length": str(promised), "Studio-Cut": "1"}
    return HttpResponse(content[: len(content) // 2], content_type="video/mp4", headers=headers)
