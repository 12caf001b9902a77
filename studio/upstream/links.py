"""Links in an answer's text, and what each is for. Pure; the rules are those of the family's recordings.

Order of trust: fields of JSON, then ``<video>``/``<source>`` tags, then Markdown links whose title says watch, then bare
links that end like a video, then a bare link that is the whole answer, then download links. Of the best kind the last
line wins: a preview is followed by the real thing.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote, urljoin, urlsplit

from studio.upstream.framing import clean

VIDEO_ENDINGS = (".mp4", ".webm", ".mov", ".m4v", ".mkv", ".m3u8")
IMAGE_ENDINGS = (".webp", ".png", ".jpg", ".jpeg", ".gif", ".avif")
URL_MAX_CHARS = 8000
TITLE_MAX_CHARS = 1000
LINKS_MAX = 2000  # of one text; the most seen in a recording is seven

TAG = re.compile(r"<(video|source)\b([^<>]*)>", re.IGNORECASE)
SRC = re.compile(r"(?<![\w-])src\s{0,4}=\s{0,4}(?:\"([^\"']*)\"|'([^\"']*)'|([^\s\"'>]+))", re.IGNORECASE)
POSTER = re.compile(r"(?<![\w-])poster\s{0,4}=\s{0,4}(?:\"([^\"']*)\"|'([^\"']*)')", re.IGNORECASE)
BARE = re.compile(r"https?:\\?/\\?/[^\s<>\"'`|\]）】」》，。]+")

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


@dataclass(frozen=True, slots=True)
class Candidate:
    """A link that may be the result."""

    trust: int
    line: int
    url: str


def find_links(said: str, base_url: str) -> Links:
    """Every link of what one choice said (without thoughts and fenced JSON), judged together."""
    sorting = _Sorting(base_url)
    whole = said.strip().strip("<>`")
    if whole and not re.search(r"\s", whole) and ((whole.startswith("/") and len(whole) > 1) or BARE.fullmatch(whole)):
        sorting.take(WHOLE, 0, tidy(whole, base_url), title="")
        return sorting.decided()
    for number, line in enumerate(_with_tags_on_one_line(said).split("\n")):
        sorting.line(number, line)
        if sorting.seen > LINKS_MAX:
            break
    return sorting.decided()


def _with_tags_on_one_line(said: str) -> str:
    return TAG.sub(lambda tag: tag[0].replace("\n", " "), said)


class _Sorting:
    """Puts the links of one text where they belong, line by line."""

    def __init__(self, base_url: str):
        self.base_url = base_url
        self.found = Links()
        self.candidates: list[Candidate] = []
        self.previewing = False  # the words ahead said that what follows is a preview
        self.seen = 0

    def line(self, number: int, line: str) -> None:
        for tag in TAG.finditer(line):
            self.seen += 1
            if source := SRC.search(tag[2]):
                url = tidy(next(filter(None, source.groups()), ""), self.base_url)
                self.candidates.append(Candidate(TAGGED, number, url))
            if poster := POSTER.search(tag[2]):
                _add(self.found.covers, tidy(poster[1] or poster[2] or "", self.base_url))
        line = TAG.sub(" ", line)
        if PREVIEW_LINE.search(line):
            self.previewing = True
        elif "http" not in line and "](" not in line and line.strip(" >\r"):
            self.previewing = False
        plain = line
        if "](" in line:
            markdown, plain = _markdown_of(line)
            for is_picture, title, address in markdown:
                self._markdown(number, is_picture, title, tidy(address, self.base_url))
        for bare in BARE.findall(plain):
            self.take(BARE_VIDEO, number, tidy(bare, self.base_url), title="")

    def _markdown(self, number: int, is_picture: bool, title: str, url: str) -> None:
        if is_picture:
            _add(self.found.previews if _is_video(url) else self.found.covers, url)
        else:
            self.take(TITLED, number, url, title=title)

    def take(self, trust: int, line: int, url: str, title: str) -> None:
        self.seen += 1
        if not url:
            return
        path = urlsplit(url).path.lower()
        if POLL_TITLE.search(title) or (not _is_video(url) and "/source/" in path):
            _add(self.found.polls, url)
        elif PAGE_TITLE.search(title) or (not _is_video(url) and "/web/" in path):
            return
        elif _is_image(url):
            _add(self.found.covers, url)
        elif DOWNLOAD_TITLE.search(title) or (_is_video(url) and "/download/" in path):
            _add(self.found.downloads, url)
            if not self.previewing:
                self.candidates.append(Candidate(DOWNLOADED, line, url))
        elif self.previewing or PREVIEW_TITLE.search(title):
            if _is_video(url):
                _add(self.found.previews, url)
        elif trust == WHOLE or _is_video(url) or (trust == TITLED and WATCH_TITLE.search(title)):
            is_plain = trust == TITLED and not WATCH_TITLE.search(title)
            self.candidates.append(Candidate(BARE_VIDEO if is_plain else trust, line, url))

    def decided(self) -> Links:
        found = self.found
        candidates = [candidate for candidate in self.candidates if candidate.url]
        if candidates:
            trust = min(candidate.trust for candidate in candidates)
            best = [candidate for candidate in candidates if candidate.trust == trust]
            last = max(candidate.line for candidate in best)
            result = next(candidate.url for candidate in best if candidate.line == last)
            found.results = [result]
            name = result.rsplit("/", 1)[-1]
            found.downloads.sort(key=lambda url: url.rsplit("/", 1)[-1] != name)
            if trust == DOWNLOADED:
                found.downloads.remove(result)
            taken = {result, *found.downloads}
            for other in best:
                if other.line != last and other.url not in taken:
                    _add(found.previews, other.url)
        for unwanted in found.results:
            for others in (found.previews, found.covers, found.polls):
                if unwanted in others:
                    others.remove(unwanted)
        return found


def _markdown_of(line: str) -> tuple[list[tuple[bool, str, str]], str]:
    """([(is a picture, title, address)], the line without them). By searching for ``](``, which is linear; a pattern
    that begins with ``[`` is not."""
    found: list[tuple[bool, str, str]] = []
    plain: list[str] = []
    position = 0
    for middle in _places_of("](", line):
        if middle < position:
            continue
        opening = line.rfind("[", max(position, middle - TITLE_MAX_CHARS), middle)
        closing = line.find(")", middle, middle + URL_MAX_CHARS)
        address = line[middle + 2 : closing].split() if opening >= 0 and closing > 0 else []
        if not address:
            continue
        is_picture = opening > position and line[opening - 1] == "!"
        found.append((is_picture, line[opening + 1 : middle], address[0].strip("<>")))
        plain.append(line[position : opening - is_picture])
        position = closing + 1
    plain.append(line[position:])
    return found, " ".join(plain)


def _places_of(mark: str, text: str) -> Iterator[int]:
    at = text.find(mark)
    while at >= 0:
        yield at
        at = text.find(mark, at + 1)


# -- cleaning


def tidy(address: str, base_url: str) -> str:
    """An absolute http(s) link, unescaped and without the punctuation around it; "" when it is none."""
    if len(address) > URL_MAX_CHARS:
        return ""
    address = html.unescape(address.strip()).replace("\\/", "/")
    if address[:3].lower() == "%5b" or address[:1] == "[":
        address = unquote(address).strip("[]\"' ")
        address = address.split('"')[0].split("'")[0]
    address = address.rstrip(")'\"*~。，、；;,>`")
    if address.endswith(".") and not address.endswith(".."):
        address = address[:-1]
    if any(ord(char) < 32 for char in address) or clean(address) != address:
        return ""
    try:
        joined = urljoin(_origin(base_url) + "/", address)
        parts = urlsplit(joined)
        named = parts.hostname and (parts.port or True)  # reading a port judges it
    except ValueError:
        return ""
    return joined if parts.scheme in ("http", "https") and named else ""


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
