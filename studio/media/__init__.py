"""Video bytes: what a file is, the pictures made from it, and how it is served. No models.

Every file is hostile. It is opened, decoded and converted in a child process with limits on memory, CPU and wall time
(a decoder can crash, and a thread cannot be killed), from an allow-list of containers and the ``file`` protocol alone:
no playlists, no concatenation, no network.

A file browsers play is kept as it is (a moov at the end too: they read it by range). Anything else keeps its original and
gets an H.264/AAC proxy beside it.
"""
