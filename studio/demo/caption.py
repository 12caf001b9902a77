"""The prompt, readable in the picture in any script, and a counter that tells the frame."""

import re
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

FONTS = Path(__file__).resolve().parents[2] / "static" / "vendor" / "noto-sans-sc"
LATIN, CHINESE = (
    FONTS / "noto-sans-sc-latin-400-normal.woff2",
    FONTS / "noto-sans-sc-chinese-simplified-400-normal.woff2",
)
LINES_MAX = 3
TEXT_MAX_CHARS = 400  # more never fits three lines
NO_GLYPH = "\U0010ffff"
Font = ImageFont.FreeTypeFont


@cache
def font(path: Path, size: int) -> Font:
    return ImageFont.truetype(str(path), size)


@cache
def face_of(char: str) -> Path | None:
    """The vendored font that draws this character; None for emoji, controls and scripts that neither holds."""
    if char.isspace():
        return LATIN
    if not char.isprintable():
        return None  # some have a glyph of nothing, such as the mark that turns the direction of writing
    return next((path for path in (LATIN, CHINESE) if _glyph(path, char) != _glyph(path, NO_GLYPH)), None)


def _glyph(path: Path, char: str) -> bytes:
    return bytes(font(path, 24).getmask(char))


def readable(text: str) -> str:
    """What can be drawn of a prompt, on one line, spaces joined."""
    drawn = "".join(char if face_of(char) else " " for char in text[: TEXT_MAX_CHARS * 2])
    return " ".join(drawn.split())[:TEXT_MAX_CHARS]


def runs(text: str, size: int) -> list[tuple[str, Font]]:
    """The text cut where the font changes."""
    pieces: list[tuple[str, Font]] = []
    for char in text:
        chosen = font(face_of(char) or LATIN, size)
        if pieces and pieces[-1][1] is chosen:
            pieces[-1] = (pieces[-1][0] + char, chosen)
        else:
            pieces.append((char, chosen))
    return pieces


def length(text: str, size: int) -> float:
    return sum(chosen.getlength(piece) for piece, chosen in runs(text, size))


def wrapped(text: str, size: int, width: float) -> list[str]:
    """At most three lines; broken at spaces, between Chinese characters, and inside a word that is a line by itself."""
    lines = [""]
    for word in _words(text):
        if lines[-1] and length(lines[-1] + word.rstrip(), size) > width:
            lines.append("")
        for char in word:
            if length(lines[-1] + char, size) > width and lines[-1] and char != " ":
                lines.append("")
            lines[-1] += char
    if len(lines) > LINES_MAX:
        last = lines[LINES_MAX - 1].rstrip()
        while last and length(f"{last}…", size) > width:
            last = last[:-1].rstrip()
        lines = [*lines[: LINES_MAX - 1], f"{last}…"]
    return [line.strip() for line in lines]


def _words(text: str) -> list[str]:
    """Pieces a line may end after: Latin words with their space, Chinese characters one by one."""
    return re.findall(r"[^\s\u2e80-\uffef]+ ?|[\u2e80-\uffef] ?", " ".join(text.split()))


def write(
    draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, size: int, fill: tuple[int, int, int, int]
) -> None:
    x, baseline = at
    for piece, chosen in runs(text, size):
        draw.text((x, baseline), piece, font=chosen, fill=fill, anchor="ls")
        x += chosen.getlength(piece)


def plate(prompt: str, width: int, height: int) -> Image.Image:
    """A transparent picture of the frame's size with the caption on a soft veil at its foot."""
    size = max(18, round(min(width, height) / 26))
    margin = round(min(width, height) / 18)
    lines = wrapped(readable(prompt), size, width - 2 * margin)
    step = round(size * 1.42)
    tall = step * len(lines) + margin
    image = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    veil = Image.new("L", (1, tall + margin))
    veil.putdata([min(150, round(150 * (row / (tall * 0.7)))) for row in range(tall + margin)])
    image.paste((6, 7, 10, 255), (0, height - tall - margin), veil.resize((width, tall + margin)))
    draw = ImageDraw.Draw(image)
    for at, line in enumerate(lines):
        baseline = height - margin - step * (len(lines) - 1 - at)
        write(draw, (margin + 1, baseline + 1), line, size, (0, 0, 0, 150))
        write(draw, (margin, baseline), line, size, (250, 248, 243, 255))
    return image


def counter(image: Image.Image, frame: int, fps: int) -> None:
    """Demo mark, timecode and frame number in the upper corner."""
    size = max(13, round(min(image.size) / 42))
    margin = round(min(image.size) / 18)
    text = f"DEMO  {frame // fps:02d}:{frame % fps:02d}  #{frame:04d}"
    draw = ImageDraw.Draw(image, "RGBA")
    write(draw, (margin + 1, margin + size + 1), text, size, (0, 0, 0, 140))
    write(draw, (margin, margin + size), text, size, (250, 248, 243, 215))
