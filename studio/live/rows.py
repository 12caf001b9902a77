"""Reading rows for sockets, off the event loop and off the thread that all Django views' sync code shares."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from django.db import close_old_connections

P = ParamSpec("P")
T = TypeVar("T")

_readers = ThreadPoolExecutor(max_workers=4, thread_name_prefix="live-rows")


async def read(query: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Runs ``query`` in a reader thread whose connection is checked before and after: a dead one is reopened."""
    return await asyncio.get_running_loop().run_in_executor(_readers, partial(_fresh, query, *args, **kwargs))


def _fresh(query: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    close_old_connections()
    try:
        return query(*args, **kwargs)
    finally:
        close_old_connections()
