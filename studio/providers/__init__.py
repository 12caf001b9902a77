"""Gateways and their models as data.

A gateway is a row: where it is, its sealed key, and its habits (how ratio and length are told, how the seed is spelled,
how a remix is asked for, whether failures are billed). Nothing in the studio knows a gateway by name.

Keys are sealed with Fernet under a key that lives in the data folder, not in the database: a database dump alone opens
nothing. They are write-only: no page, log or export shows one again.

The Demo provider is an ordinary row without an address: where the embedded gateway listens is known only at run time.
A one-off provider is what ``generate --base-url`` brings along: hidden from every list, its key dropped after the run.
"""
