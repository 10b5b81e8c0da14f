"""The life of a module, as the host leads it: its class is found and described, its translator
made, its hooks called. Requests enter through the functions of _entry.py.
"""

import asyncio
import gc
import inspect
import json
import logging

from . import _log, _report, _requests
from ._describe import describe, find_class
from ._entry import fop_entry
from ._entry import reply_entry as _reply_entry
from ._fops import BY_NAME, FOPS
from ._loop import loop
from .child import Child
from .frame import FAILED, NOTHING, Frame, forbid_winds
from .inode import Fd, Loc, contexts

__all__ = ["describe", "find_class"]  # the rest is below

translator = None
# Tasks of hooks: asyncio holds them only weakly.
_tasks = set()


def create(cls, name, children, options):
    """Makes the translator, and runs its `init`."""
    global translator
    # Set before __init__ runs, so that a class that has one finds them.
    translator = cls.__new__(cls)
    translator.name = name
    translator.log = logging.getLogger(name)
    translator.children = tuple(Child(i, *about) for i, about in enumerate(json.loads(children)))
    translator.child = translator.children[0] if translator.children else None
    translator.options = json.loads(options)
    Frame.cookie = translator.child  # what answers when nobody says otherwise
    if translator.child is None:
        forbid_winds()
    # What is here now stays: the collector need not look at it again and again.
    gc.freeze()
    translator.__init__()
    for row in FOPS:
        row.method = _bound(cls, row.name)
        row.cbk = _bound(cls, row.name + "_cbk")
    _call("init")


def _bound(cls, name):
    """A method that the class has: what an object makes up (`__getattr__`) is not described."""
    return getattr(translator, name) if hasattr(cls, name) else None


def entry(name):
    """A fop's entry point, by the fop's name."""
    return fop_entry(BY_NAME[name])


def reply_entry(name):
    """The entry point for replies of a fop, by the fop's name."""
    return _reply_entry(BY_NAME[name])


def _call(name, *args):
    """Calls a hook; one that is an `async def` goes on by itself when it has to wait."""
    result = getattr(translator, name)(*args)
    if not inspect.iscoroutine(result):
        return
    loop.busy = True
    try:
        task = asyncio.Task(result, loop=loop, eager_start=True)
    finally:
        loop.run_ready()
    if task.done():
        task.result()
    else:
        _tasks.add(task)
        task.add_done_callback(lambda task: _ended(name, task))


def _ended(name, task):
    _tasks.discard(task)
    if not task.cancelled() and task.exception() is not None:
        _report.report(task.exception(), f"{name} failed")


def _hook(name, *args):
    try:
        _call(name, *args)
    except BaseException as error:
        _report.report(error, f"{name} failed")
        return FAILED
    return NOTHING


def notify(event):
    return _hook("notify", event)


def fini():
    return _hook("fini")


def entry_created(*loc):
    return _hook("entry_created", Loc(*loc))


def entry_removed(*loc):
    return _hook("entry_removed", Loc(*loc))


def tick():
    """The host's timer is due."""
    loop.tick()
    return NOTHING


def cancel(id):
    """The host has answered request `id` itself."""
    _requests.cancel(id)
    return NOTHING


def collect():
    """Lets go of what only a cycle of references keeps, so that requests in it are missed."""
    gc.collect()
    return NOTHING


def forget(id):
    """An inode is gone."""
    contexts.pop(id, None)
    return NOTHING


def release(id):
    """An fd is gone."""
    Fd.known.pop(id, None)
    return NOTHING


_log.install()
_report.install()
