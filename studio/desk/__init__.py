"""Pages and commands that join rooms: compose, and the command line that walks the same path without a browser.

The composer offers every request field of the endpoint's spec (``fields.py``), each typed and range-checked here and
sent only when set. ``n`` is offered under its own name: variants are separate generations, ``n`` is the gateway's own
way to answer several videos at once, which no gateway seen honours but the Demo one.
"""
