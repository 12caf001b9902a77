"""Links in fields of their own: job objects, ``delta.output[]``, ``media_url(s)``, whole answers told as JSON. Pure."""

from typing import Any

from studio.upstream.links import IMAGE_ENDINGS, Links, tidy

# The most telling names first: the first that holds a link is the result.
RESULT_NAMES = (
    "upsample_video_url", "video_url", "videoUrl", "video_urls", "media_url", "media_urls", "result_url", "output_url",
    "download_url", "downloadable_url", "output", "outputs", "result", "results", "videos", "video", "url", "urls", "data", "metadata",
    "remixed_from_video_id",  # some gateways put the link there
)  # fmt: skip
COVER_NAMES = ("thumbnail_url", "cover_url", "poster_url", "thumbnail", "cover", "poster", "gif_url")
DEPTH_MAX = 4
STARTS = ("http://", "https://", "/", "[", "%5B", "%5b")  # of a link, a relative one, or a list told as text
ENTRIES_MAX = 16


def links_in_json(told: Any, base_url: str) -> Links:
    """The result (several where a list holds several) and the covers that an object names."""
    results = [tidy(url, base_url) for url in _result(told, DEPTH_MAX)]
    covers = [tidy(url, base_url) for name in COVER_NAMES for url in _strings(told, name)]
    return Links(results=_each_once(results), covers=_each_once(covers))


def _result(told: Any, depth: int) -> list[str]:
    """What stands under the first of the names that holds a link; pictures are none."""
    if isinstance(told, str):
        is_picture = told.split("?")[0].lower().endswith(IMAGE_ENDINGS)
        return [told] if told.startswith(STARTS) and not is_picture else []
    if depth == 0 or (isinstance(told, dict) and told.get("type") in ("image", "image_url")):
        return []
    if isinstance(told, list):
        return [url for entry in told[:ENTRIES_MAX] for url in _result(entry, depth - 1)]
    if isinstance(told, dict):
        return next((found for name in RESULT_NAMES if (found := _result(told.get(name), depth - 1))), [])
    return []


def _strings(told: Any, name: str) -> list[str]:
    value = told.get(name) if isinstance(told, dict) else None
    if isinstance(value, dict):
        value = value.get("url")
    entries = value[:ENTRIES_MAX] if isinstance(value, list) else [value]
    return [entry for entry in entries if isinstance(entry, str) and entry.startswith(STARTS)]


def _each_once(urls: list[str]) -> list[str]:
    return [url for url in dict.fromkeys(urls) if url]
