"""Intents, their attempts, and the log of everything that happened to them.

A Generation is one intent: at most one paid POST until a person decides on another. An Attempt is one POST. An Event is
one numbered line of the log; pages, sockets and the command line show nothing else. Numbers are given inside the
transaction that writes the line, so per generation they have no gap and no double, whoever writes.

Variants are siblings of one batch, each with its own state: no gateway was seen that honours ``n`` for video, and where
one does, a generation simply yields several videos.
"""
