"""Fails or delays some requests, to test applications."""

import errno
from fnmatch import fnmatchcase
from random import Random

from glupy import Fd, Loc, Option, Translator


class xlator(Translator):
    options = {
        "fops": Option.str("", help="fops that may fail, separated by commas; without: all"),
        "path": Option.str("*", help="pattern of the paths that may fail"),
        "errno": Option.str("EIO", help="errno of the failures; none: requests only wait"),
        "percent": Option.percent(100, help="share of requests that fail, chosen at random"),
        "every": Option.int(1, min=1, help="only every nth of those fails"),
        "count": Option.int(0, min=0, help="number of failures; 0: no limit"),
        "delay": Option.float(0, min=0, help="seconds of delay before the failure"),
        "seed": Option.int(0, help="the same seed fails the same requests"),
    }

    def init(self):
        self.fops = set(filter(None, self.options["fops"].split(",")))
        unknown = [name for name in self.fops if not hasattr(self.child, name)]
        if unknown:
            raise ValueError(f"no fops: {', '.join(unknown)}")
        name = self.options["errno"]
        self.errno = 0 if name == "none" else getattr(errno, name)
        self.random = Random(self.options["seed"])
        self.matched = self.failed = 0

    def statedump(self):
        return {"matched": self.matched, "failed": self.failed}

    def any_fop(self, frame, *args):
        if not self.is_chosen(frame, args):
            return frame.wind()
        self.failed += 1
        if self.options["delay"]:
            self.timer(self.options["delay"], self.end, frame)
        else:
            self.end(frame)

    def end(self, frame):
        if self.errno:
            frame.fail(self.errno)
        else:
            frame.wind()

    def is_chosen(self, frame, args):
        count = self.options["count"]
        if (self.fops and frame.name not in self.fops) or (count and self.failed >= count):
            return False
        if not any(fnmatchcase(path, self.options["path"]) for path in paths(args)):
            return False
        if self.random.random() * 100 >= self.options["percent"]:
            return False
        self.matched += 1
        return self.matched % self.options["every"] == 0


def paths(args):
    """The paths of a request."""
    for arg in args:
        if isinstance(arg, Loc):
            yield arg.path
        elif isinstance(arg, Fd):
            yield arg.inode.path
