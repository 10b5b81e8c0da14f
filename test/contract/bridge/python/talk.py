"""Logs at every level, prints, and writes to stderr."""

import sys

from glupy import Translator


class xlator(Translator):
    def stat(self, frame, loc, xdata):
        self.log.critical("critical")
        self.log.error("error %s", 1)
        self.log.warning("warning")
        self.log.info("info")
        self.log.debug("debug")
        self.log.log(1, "trace")
        print("printed", 1, 2)
        print("half a line, ", end="")
        print("and the rest\nand another")
        print("to stderr", file=sys.stderr)
        self.log.info("wrong %d", "arguments")
        self.log.info("a name: %s", loc.name)
        frame.wind()

    def access(self, frame, loc, mask, xdata):
        class Costly:
            def __str__(self):
                raise AssertionError("this line is never read")

        self.log.debug("%s", Costly())
        frame.wind()
