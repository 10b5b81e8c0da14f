"""Carries the bytes of `glossa.aio` between the module and the host (glossa/_below.py)."""

import _host

from ._loop import loop
from .frame import Frame

# By a child's index, what takes its replies.
receivers = {}


def find_child():
    """The child that requests go to by default; None without children."""
    return Frame.cookie


def send(child, data):
    """Hands requests to the host; False if it takes none."""
    return _host.send_below(child, data) == 1


def receive(child):
    """Handles the host's notice that a child has replied."""
    loop.busy = True
    try:
        receivers[child](_host.take_below(child))
    finally:
        loop.run_ready()
