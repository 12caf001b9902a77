"""The wire: bytes → frames → chunks → events, the request as gateways want it, and the guarded fetch. No Django here.

Everything reads the family, not one gateway: the joined text is read, never one chunk; unknown things are counted, never
fatal; the same bytes cut anywhere give the same events. What gateways say leaves this room only as our own few events
and one of a few failures.

The endpoint's published spec contradicts itself and its own example. What we do about it:

* ``tools`` and ``tool_choice`` are required, the example leaves them out: sent only when set.
* the seed is spelled ``seen``: a habit of the provider, ``seed`` by default.
* ``temperature`` and ``top_p`` are integers, described as 0.8 and 0.1: sent as numbers.
* ``logit_bias`` has type null, described as an object: sent as an object.
* ``stop`` is a string, described as up to four sequences: sent as a string or a list.
* ``tools`` is a list of strings, described as functions: sent as given.
* ``content`` is a string; gateways take lists of parts as well, and a picture needs them: sent as a string without one.
* ``Accept: application/json`` is required, also with ``stream: true``: both types are accepted in one header.
* ``X-Forwarded-Host`` is an ordinary parameter there, but some gateways build their links from it: off by default.
* ``usage`` is a required answer field that the family's streams never send: kept where told, absent otherwise.
* only a whole answer is described; the stream's frames (``delta``, ``[DONE]``) are known from recordings.
"""
