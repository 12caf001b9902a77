"""An H.264/AAC stand-in for files that browsers do not play."""

from pathlib import Path
from typing import Any

import av

from studio.media.facts import Facts

EIGHT_BIT = {"yuv420p", "yuvj420p"}


def plays_in_browsers(facts: Facts) -> bool:
    """H.264 8-bit 4:2:0 in MP4/MOV with AAC, MP3 or silence; VP8, VP9 or AV1 in WebM. All current browsers play these."""
    if facts.container in ("mp4", "mov"):
        picture = facts.video_codec == "h264" and facts.pixel_format in EIGHT_BIT
        return picture and facts.audio_codec in (None, "aac", "mp3", "mp3float")
    if facts.container == "webm":
        picture = facts.video_codec in ("vp8", "vp9", "libdav1d", "av1") and facts.pixel_format in EIGHT_BIT
        return picture and facts.audio_codec in (None, "opus", "vorbis")
    return False


def make_proxy(original: Path, path: Path, options: dict[str, str]) -> None:
    with (
        av.open(str(original), options=options) as source,
        av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as target,
    ):
        picture = source.streams.video[0]
        picture.thread_type = "AUTO"
        sound = source.streams.audio[0] if source.streams.audio else None
        rate = picture.average_rate or picture.guessed_rate or 24
        video: Any = target.add_stream("libx264", rate=min(rate, 120), options={"preset": "veryfast", "crf": "20"})
        video.width, video.height = picture.codec_context.width // 2 * 2, picture.codec_context.height // 2 * 2
        video.pix_fmt = "yuv420p"
        video.time_base = picture.time_base
        video.codec_context.time_base = picture.time_base
        audio: Any = target.add_stream("aac", rate=48000) if sound is not None else None
        resampler = av.AudioResampler("fltp", "stereo", 48000)
        for packet in source.demux([stream for stream in (picture, sound) if stream is not None]):
            frames: list[Any] = packet.decode()
            for frame in frames:
                if packet.stream is picture:
                    shown = frame.reformat(width=video.width, height=video.height, format="yuv420p")
                    shown.pts, shown.time_base = frame.pts, frame.time_base
                    target.mux(video.encode(shown))
                else:
                    for piece in resampler.resample(frame):
                        target.mux(audio.encode(piece))
        target.mux(video.encode(None))
        if audio is not None:
            target.mux(audio.encode(None))
