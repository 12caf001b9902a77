"""One websocket per page, one hub per process.

The rows are the log and the hub is only a bell. A room above registers a *kind*: whose eyes may see it, which changes a
page has missed, how a change reads as HTML. The hub is rung after the commit; each socket has a bounded queue and a
pump of its own, so a reader who stops reading costs one small queue and nobody else's time. Whatever does not fit, came
out of order or was lost is read again from the rows: the page always says the last number it shows.

Not the channel layer: per viewer and frame it costs five times the hub (264 µs against 58 µs), drops silently past its
capacity, and hops through the thread all sockets share, where one slow query stalls everybody.

Close codes (htmx reconnects on 1001, 1005, 1006, 1011-1014 and on no other): 4401 signed out, 4403 no longer a member,
4400 a message nobody can read. None of them reconnects by itself.
"""
