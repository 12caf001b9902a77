"""The wire: bytes → lines → frames → chunks → events, the request as gateways want it, and the guarded fetch. No Django.

Everything reads the family, not one gateway: the joined text is read, never one chunk; unknown things are counted, never
fatal; the same bytes cut anywhere give the same events. What gateways say leaves this room only as our own few events
and one of a few failures.

Decisions

* Foreign text is hostile and shares one event loop with every other stream: patterns are linear (see ``visible``), lines,
  texts, links and nesting are bounded, and a bound that was met is counted as Unknown. Weighed: a thread or a time limit
  per answer; both cost on every delta and still stop nothing inside ``re``.
* What goes into a row is cleaned where it enters: NUL, lone surrogates, NaN and numbers beyond 64 bits would break a
  commit that all streams share.
* A request is sent once. Time limits stand around each wait, never around a ``yield``: there they would cancel the
  caller, who would take it for a stop of the studio.
* Nothing is kept between requests. Kept-alive connections to a provider's private origin could serve another's link,
  and a shared cookie jar would hand one account's session to the next; a new connection costs one round trip or two.
* A redirect of the POST is not followed: the key would go where nobody entered it. It is told as a wrong address.
* A cut file is resumed only where the server says it is the same one, by ETag or by size.
* The sentences of failures that happen on the way are in English; their ``code`` is what a page can put its own words on.

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
