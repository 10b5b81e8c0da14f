"""Remembers failed lookups, and answers them without asking the storage again."""

from collections import OrderedDict
from logging import DEBUG
from time import monotonic

from glupy import ENOENT, Option, Translator


class xlator(Translator):
    options = {
        "timeout": Option.time(60, help="how long a name that was absent is remembered"),
        "limit": Option.int(65536, min=1, help="how many names are remembered at most"),
        "kernel-timeout": Option.time(0, help="how long the kernel caches it, without asking here"),
    }

    def init(self):
        self.absent = OrderedDict()  # (directory, name): expiry time
        self.epoch = 0  # incremented with every created name
        self.kernel_timeout = self.options["kernel-timeout"] or None  # None: the mount's own
        self.tells = self.log.isEnabledFor(DEBUG)  # `glossa mount --debug` shows HIT and MISS

    def lookup(self, frame, loc, xdata):
        key = loc.pargfid, loc.name
        until = self.absent.get(key)
        is_hit = until is not None and not loc.known and monotonic() < until
        if self.tells:
            self.log.debug("%s %s", "HIT" if is_hit else "MISS", loc.path)
        if is_hit:
            return frame.fail(ENOENT, timeout=self.kernel_timeout)
        frame.local = key, self.epoch
        frame.wind()

    def lookup_cbk(self, frame, op_ret, op_errno, *reply):
        key, epoch = frame.local
        self.absent.pop(key, None)
        if op_ret < 0 and op_errno == ENOENT and key[1] is not None and epoch == self.epoch:
            self.remember(key)
            if self.kernel_timeout:
                return frame.fail(ENOENT, timeout=self.kernel_timeout)
        frame.unwind(op_ret, op_errno, *reply)

    def remember(self, key):
        self.absent[key] = monotonic() + self.options["timeout"]
        if len(self.absent) > self.options["limit"]:
            self.absent.popitem(last=False)  # evicts the oldest

    def entry_created(self, loc):
        self.epoch += 1
        self.absent.pop((loc.pargfid, loc.name), None)

    def unlink(self, frame, loc, flags, xdata):
        frame.local = (loc.pargfid, loc.name), self.epoch
        frame.wind()

    def unlink_cbk(self, frame, op_ret, op_errno, preparent, postparent, xdata):
        key, epoch = frame.local
        if op_ret >= 0 and epoch == self.epoch:
            self.remember(key)
        frame.unwind(op_ret, op_errno, preparent, postparent, xdata)

    rmdir, rmdir_cbk = unlink, unlink_cbk

    def notify(self, event):
        if event == "UPCALL":  # another client has changed the storage
            self.epoch += 1
            self.absent.clear()
