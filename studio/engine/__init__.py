"""One run from first byte to gallery. ``run.py`` tells the story; ``embedded.py`` owns who runs it.

* The intent is committed before the first byte goes out, as state ``sending`` with an attempt that names its owner. A
  process that finds ``sending`` or later never POSTs: it heals what dead owners left (``healing.py``).
* All writes of a process go through one writer thread with one connection. It takes whatever has gathered from all
  streams, commits once, tells, and takes the next. Idle, a delta goes out at once; under load batches form themselves.
* A video is fetched into a scratch folder, hashed, decoded and only then kept; the scratch folder carries the owner's
  id, so what a killed process left is known and removed.
* A stream that ends without a video but told where its job can be asked about is asked there before a person is.
* Tasks are made with an empty context: one made inside a request would inherit its executor and break at shutdown.
"""
