"""Video bytes: what a file is, the pictures made from it, and how it is served. No models.

Every file is hostile. It is opened, decoded and converted in a child process with limits on memory, CPU, wall time and
written bytes (a decoder can crash, and a thread cannot be killed), from an allow-list of containers and the ``file``
protocol alone: no playlists, no concatenation, no network. The child gets no secret, and its answer is checked.

Whether all of a file is here is read from its boxes and not from the decoder, which plays a film that lost its last tenth
without a word. Where bytes are missing each frame counts; where none are, a wrong or edited length is not held against it.

A file browsers play is kept as it is, a moov at the end too: they read it by range, and a rewritten file would no longer be
the one the gateway made. Anything else keeps its original and gets an MP4 proxy beside it, with what plays copied and the
rest encoded as H.264 and AAC. AV1 gets one too: Safari plays it only where the chip does.

Serving is by range: an open-ended range is answered with at most 1 MiB, so that a page full of players does not hold the six
connections a browser opens to one host, and rights are read again with each. Downloads are streamed whole.
"""
