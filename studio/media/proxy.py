"""An H.264/AAC stand-in for films that browsers do not play.

A track of an MP4 or MOV that they would play is copied as it is: an H.264 film with PCM sound keeps its quality. HDR is not mapped down: the tags are kept, and a browser makes of them what it can.
"""

from collections.abc import Sequence
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

import av
import av.error
from av.container import OutputContainer
from av.packet import Packet

from studio.media.facts import Facts
from studio.media.pictures import THREADS, Shape, colours_of

COPIED_FROM = ("mp4", "mov")  # others leave out decoding times: FFmpeg finds none for the first frames of a Matroska
FPS_MAX = 120
# A still of noise would reach 300 Mbit/s and fill disks; this is what 4K of the better cameras has.
QUALITY = {"preset": "veryfast", "crf": "20", "maxrate": "60M", "bufsize": "120M", "threads": THREADS}
SOUND_HZ, SOUND_BITS_PER_SECOND = 48_000, 192_000
SOUND_GAP_SECONDS = 0.1  # shorter silences between two pieces are inexact times


class Track(Protocol):
    def take(self, packet: Packet) -> Sequence[Packet]:
        """What goes into the proxy for one packet of the original; the empty one at the end flushes."""


def make_proxy(original: Path, path: Path, facts: Facts, shape: Shape, options: dict[str, str]) -> None:
    with (
        av.open(str(original), options=options) as source,
        av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as target,
    ):
        start_s = Fraction(source.start_time or 0, av.time_base)
        picture: Any = source.streams.best("video")
        copied = facts.container in COPIED_FROM
        tracks: dict[int, Track] = {
            picture.index: _Copied(target, picture, start_s, shape)
            if copied and facts.picture_plays
            else _Picture(target, picture, start_s, shape)
        }
        sound: Any = source.streams.audio[0] if source.streams.audio else None
        if sound is not None and sound.codec_context is not None:
            plays = copied and facts.sound_plays
            tracks[sound.index] = _Copied(target, sound, start_s) if plays else _Sound(target, sound, start_s)
        for packet in source.demux([source.streams[index] for index in tracks]):
            target.mux(tracks[packet.stream.index].take(packet))


def _shifted(time: int | None, start_s: Fraction, time_base: Fraction | None) -> int | None:
    """A film that starts at 1.4 s, as transport streams do, would begin with a frozen picture."""
    return None if time is None or not time_base else time - int(start_s / time_base)


class _Copied:
    def __init__(self, target: OutputContainer, stream: Any, start_s: Fraction, shape: Shape | None = None):
        self.out: Any = target.add_stream_from_template(stream)
        self.start_s = start_s
        if shape is not None:
            self.out.set_display_rotation(-shape.rotation)

    def take(self, packet: Packet) -> Sequence[Packet]:
        if packet.dts is None:
            return []  # the flush
        packet.pts = _shifted(packet.pts, self.start_s, packet.time_base)
        packet.dts = _shifted(packet.dts, self.start_s, packet.time_base)
        packet.stream = self.out
        return [packet]


class _Picture:
    """Rotation stays a tag that every browser honours; pixels are made square."""

    def __init__(self, target: OutputContainer, stream: Any, start_s: Fraction, shape: Shape):
        stream.thread_type = "AUTO"
        stream.codec_context.thread_count = int(THREADS)
        self.start_s, self.size = start_s, shape.within()
        self.out: Any = target.add_stream("libx264", rate=min(stream.guessed_rate or 24, FPS_MAX), options=QUALITY)
        self.out.width, self.out.height, self.out.pix_fmt = *self.size, "yuv420p"
        self.out.codec_context.time_base = stream.time_base
        for tag in ("color_primaries", "color_trc", "colorspace"):
            setattr(self.out.codec_context, tag, getattr(stream.codec_context, tag))
        self.out.set_display_rotation(-shape.rotation)
        self.last = -1

    def take(self, packet: Packet) -> Sequence[Packet]:
        made = []
        for frame in packet.decode():
            colours = colours_of(frame)
            shown = frame.reformat(*self.size, "yuv420p", src_colorspace=colours, dst_colorspace=colours, threads=1)
            at = _shifted(frame.pts, self.start_s, frame.time_base)
            shown.pts = max(self.last + 1, at if at is not None else 0)
            shown.time_base = frame.time_base
            self.last = shown.pts
            made += self.out.encode(shown)
        return made if packet.size else made + self.out.encode(None)


class _Sound:
    """Kept on a clock of samples: AVI and transport streams time sound so coarsely that its pieces overlap."""

    def __init__(self, target: OutputContainer, stream: Any, start_s: Fraction):
        self.start_s = start_s
        self.out: Any = target.add_stream("aac", rate=SOUND_HZ)
        self.out.codec_context.layout = "stereo"
        self.out.codec_context.bit_rate = SOUND_BITS_PER_SECOND
        self.due = 0  # in samples of the original

    def take(self, packet: Packet) -> Sequence[Packet]:
        made = []
        with suppress(av.error.InvalidDataError):  # a broken moment of sound is no reason to lose the film
            frames: list[Any] = packet.decode()
            for frame in frames:
                frame.pts, frame.time_base = self.place(frame), Fraction(1, frame.sample_rate)
                made += self.out.encode(frame)
        return made if packet.size else made + self.out.encode(None)

    def place(self, frame: Any) -> int:
        at = self.due
        if frame.pts is not None and frame.time_base is not None:
            at = int((frame.pts * frame.time_base - self.start_s) * frame.sample_rate)
        if at - self.due < SOUND_GAP_SECONDS * frame.sample_rate:
            at = self.due
        self.due = at + frame.samples
        return at
