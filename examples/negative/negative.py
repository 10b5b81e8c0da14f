"""Remembers failed lookups, and answers them without asking the storage again."""

from collections import OrderedDict
from time import monotonic

from glupy import ENOENT, Option, Translator


class xlator(Translator):
    options = {
        "timeout": Option.time(60, help="how long a name that was absent is remembered"),
        "limit": Option.int(65536, min=1, help="how many names are remembered at most"),
    }

    def init(self):
        self.absent = OrderedDict()  # (directory, name): when to ask the storage again
        self.epoch = 0  # goes up with every name that is created

    def lookup(self, frame, loc, xdata):
        key = loc.pargfid, loc.name
        until = self.absent.get(key)
        if until is not None and monotonic() < until:
            return frame.fail(ENOENT)
        frame.local = key, self.epoch
        frame.wind()

    def lookup_cbk(self, frame, op_ret, op_errno, *reply):
        key, epoch = frame.local
        self.absent.pop(key, None)
        if op_ret < 0 and op_errno == ENOENT and key[1] is not None and epoch == self.epoch:
            self.absent[key] = monotonic() + self.options["timeout"]
            if len(self.absent) > self.options["limit"]:
                self.absent.popitem(last=False)  # the oldest makes room
        frame.unwind(op_ret, op_errno, *reply)

    def entry_created(self, loc):
        self.epoch += 1
        self.absent.pop((loc.pargfid, loc.name), None)
