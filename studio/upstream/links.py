"""Links in an answer's text, and what each is for. Pure; the rules are those of the family's recordings.

Order of trust: fields of JSON, then ``<video>``/``<source>`` tags, then Markdown links whose title says watch, then bare
links that end like a video, then a bare link that is the whole answer, then download links. Of the best kind the last
line wins: a preview is followed by the real thing.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

VIDEO_ENDINGS = (".mp4", ".webm", ".mov", ".m4v", ".mkv", ".m3u8")
IMAGE_ENDINGS = (".webp", ".png", ".jpg", ".jpeg", ".gif", ".avif")

TAG = re.compile(r"<(video|source)\b([^>]*)>", re.IGNORECASE)
SRC = re.compile(r"(?<![\w-])src\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
POSTER = re.compile(r"\bposter\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
MARKDOWN = re.compile(r"(!?)\[([^\]\n]{0,4000})\]\(\s*<?([^)\s>]+)>?[^)\n]*\)")
BARE = re.compile(r"https?:\\?/\\?/[^\s<>\"'`|\]）】」》，。]+")
FENCE = re.compile(r"^[>\s]*```([\w-]*)", re.MULTILINE)

PAGE_TITLE = re.compile(r"数据预览|data preview", re.IGNORECASE)
POLL_TITLE = re.compile(r"原始数据|raw data|source data", re.IGNORECASE)
PREVIEW_TITLE = re.compile(r"预览|preview", re.IGNORECASE)
DOWNLOAD_TITLE = re.compile(r"下载|download|⏬", re.IGNORECASE)
WATCH_TITLE = re.compile(
    r"播放|观看|查看|点击这里|点此|视频|play|watch|click here|view|video|▶|成片|结果|result|mp4", re.IGNORECASE
)
PREVIEW_LINE = re.compile(r"preview video|预览视频|低清|draft video", re.IGNORECASE)

TAGGED, TITLED, BARE_VIDEO, WHOLE, DOWNLOADED = range(1, 6)  # smaller is more trusted; JSON fields come before all


@dataclass(slots=True)
class Links:
    """``results`` is the result (or, from JSON lists, the results); the rest never end up in it."""

    results: list[str] = field(default_factory=list)
    previews: list[str] = field(default_factory=list)
    covers: list[str] = field(default_factory=list)
    downloads: list[str] = field(default_factory=list)
    polls: list[str] = field(default_factory=list)


def find_links(text: str, base_url: str) -> Links:
    """Every link of one choice's content, judged together."""
    found = Links()
    candidates: list[tuple[int, int, str]] = []  # (trust, line number, url)
    visible = without_json(without_thoughts(text))
    whole = visible.strip().strip("<>`")
    if whole and not re.search(r"\s", whole) and ((whole.startswith("/") and len(whole) > 1) or BARE.fullmatch(whole)):
        _sort_out(found, candidates, WHOLE, 0, tidy(whole, base_url), title="")
        return _decide(found, candidates)
    for tag in TAG.finditer(visible):
        at = visible.count("\n", 0, tag.start()) if len(candidates) < 50 else tag.start()
        if source := SRC.search(tag[2]):
            candidates.append((TAGGED, at, tidy(next(filter(None, source.groups()), ""), base_url)))
        if poster := POSTER.search(tag[2]):
            _add(found.covers, tidy(poster[1] or poster[2] or "", base_url))
    rest = TAG.sub(" ", visible)
    previewing = False
    for number, line in enumerate(rest.split("\n")):
        if PREVIEW_LINE.search(line):
            previewing = True
        elif "http" not in line and "](" not in line and line.strip(" >\r"):
            previewing = False
        for bang, title, address in MARKDOWN.findall(line):
            url = tidy(address, base_url)
            if bang:
                _add(found.covers if not _is_video(url) else found.previews, url)
            else:
                _sort_out(found, candidates, TITLED, number, url, title=title, previewing=previewing)
        for bare in BARE.findall(MARKDOWN.sub(" ", line)):
            _sort_out(found, candidates, BARE_VIDEO, number, tidy(bare, base_url), title="", previewing=previewing)
    return _decide(found, candidates)


def _sort_out(
    found: Links,
    candidates: list[tuple[int, int, str]],
    trust: int,
    line: int,
    url: str,
    title: str,
    previewing: bool = False,
) -> None:
    if not url:
        return
    path = urlsplit(url).path.lower()
    if POLL_TITLE.search(title) or (not _is_video(url) and "/source/" in path):
        _add(found.polls, url)
    elif PAGE_TITLE.search(title) or (not _is_video(url) and "/web/" in path):
        return
    elif _is_image(url):
        _add(found.covers, url)
    elif DOWNLOAD_TITLE.search(title) or (_is_video(url) and "/download/" in path):
        _add(found.downloads, url)
        if not previewing:
            candidates.append((DOWNLOADED, line, url))
    elif previewing or PREVIEW_TITLE.search(title):
        if _is_video(url):
            _add(found.previews, url)
    elif trust == WHOLE or _is_video(url) or (trust == TITLED and WATCH_TITLE.search(title)):
        candidates.append((trust if trust != TITLED or WATCH_TITLE.search(title) else BARE_VIDEO, line, url))


def _decide(found: Links, candidates: list[tuple[int, int, str]]) -> Links:
    if candidates:
        trust = min(candidate[0] for candidate in candidates)
        best = [candidate for candidate in candidates if candidate[0] == trust and candidate[2]]
        if best:
            last = max(line for _, line, _ in best)
            result = next(url for _, line, url in best if line == last)
            found.results = [result]
            name = result.rsplit("/", 1)[-1]
            found.downloads.sort(key=lambda url: url.rsplit("/", 1)[-1] != name)
            if trust == DOWNLOADED:
                found.downloads.remove(result)
            taken = {result, *found.downloads}
            for other in dict.fromkeys(url for _, line, url in best if line != last and url not in taken):
                _add(found.previews, other)
    for unwanted in found.results:
        for others in (found.previews, found.covers, found.polls):
            if unwanted in others:
                others.remove(unwanted)
    return found


# -- JSON fields

RESULT_NAMES = (
    "upsample_video_url", "video_url", "videoUrl", "video_urls", "media_url", "media_urls", "result_url", "output_url",
    "download_url", "downloadable_url", "output", "outputs", "result", "results", "videos", "video", "url", "urls", "data", "metadata",
)  # fmt: skip
COVER_NAMES = ("thumbnail_url", "cover_url", "poster_url", "thumbnail", "cover", "poster", "gif_url")
DEPTH_MAX = 4


def links_in_json(told: Any, base_url: str) -> Links:
    """Results and covers named by the fields of a job or answer object, the most telling names first."""
    found = Links()
    for url in _named(told, RESULT_NAMES, DEPTH_MAX):
        address = tidy(url, base_url)
        if address and not _is_image(address):
            _add(found.results, address)
            break_after = not isinstance(told, dict) or not any(isinstance(told.get(n), list) for n in RESULT_NAMES)
            if break_after:
                break
    for url in _named(told, COVER_NAMES, 2):
        _add(found.covers, tidy(url, base_url))
    return found


def _named(told: Any, names: tuple[str, ...], depth: int) -> Iterator[str]:
    if depth < 0:
        return
    if isinstance(told, str):
        if told.startswith(("http://", "https://", "/")) or told.startswith("["):
            yield told
    elif isinstance(told, list):
        for entry in told[:16]:
            yield from _named(entry, names, depth - 1)
    elif isinstance(told, dict):
        if isinstance(kind := told.get("type"), str) and kind in ("image", "image_url"):
            return
        for name in names:
            if name in told:
                yield from _named(told[name], names, depth - 1)


# -- cleaning


def tidy(address: str, base_url: str) -> str:
    """An absolute http(s) link, unescaped and without the punctuation around it; "" when it is none."""
    address = html.unescape(address.strip()).replace("\\/", "/")
    if address[:3].lower() == "%5b" or address[:1] == "[":
        address = unquote(address).strip("[]\"' ")
        address = address.split('"')[0].split("'")[0]
    address = address.rstrip(")'\"*~。，、；;,>`")
    if address.endswith(".") and not address.endswith(".."):
        address = address[:-1]
    if any(ord(char) < 32 for char in address) or len(address) > 8000:
        return ""
    try:
        joined = urljoin(_origin(base_url) + "/", address)
        parts = urlsplit(joined)
    except ValueError:
        return ""
    return joined if parts.scheme in ("http", "https") and parts.netloc else ""


def _origin(base_url: str) -> str:
    parts = urlsplit(base_url)
    return f"{parts.scheme}://{parts.netloc}"


def _is_video(url: str) -> bool:
    return _ends(url, VIDEO_ENDINGS)


def _is_image(url: str) -> bool:
    return _ends(url, IMAGE_ENDINGS)


def _ends(url: str, endings: tuple[str, ...]) -> bool:
    try:
        return urlsplit(url).path.lower().endswith(endings)
    except ValueError:
        return False


def _add(where: list[str], url: str) -> None:
    if url and url not in where:
        where.append(url)


def without_thoughts(text: str) -> str:
    """The text without ``<think>`` blocks; an unclosed one reaches to the end."""
    return re.sub(r"<think>.*?(?:</think>|\Z)", "", text, flags=re.DOTALL) if "<think>" in text else text


def without_json(text: str) -> str:
    """The text without fenced JSON blocks: there a gateway echoes the request, links and old ids included."""
    if "```" not in text:
        return text
    parts, keep, position = [], True, 0
    for fence in FENCE.finditer(text):
        if keep:
            parts.append(text[position : fence.start()])
            after = text[fence.end() : fence.end() + 20].lstrip()
            keep = not (fence[1].lower() in ("json", "json5") or (not fence[1] and after.startswith(("{", "["))))
        else:
            keep = True
        position = fence.end()
    if keep:
        parts.append(text[position:])
    return "".join(parts)


def fenced_json(text: str) -> list[str]:
    """The bodies of fenced JSON blocks, for the gateways that put their result there."""
    return re.findall(r"```(?:json)?\s*([\[{].*?[\]}])\s*```", text, flags=re.DOTALL | re.IGNORECASE)[:8]
