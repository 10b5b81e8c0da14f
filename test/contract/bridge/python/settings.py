"""Logs the values of its options."""

import json

from glupy import Option, Translator


class xlator(Translator):
    options = {
        "text": Option.str("quiet", help="some text"),
        "choice": Option.str(values=["one", "two"]),
        "count": Option.int(3, min=1, max=10),
        "share": Option.float(0.5),
        "enabled": Option.bool(True),
        "cache-size": Option.size(1024),
        "timeout": Option.time(60),
        "part": Option.percent(),
        "folder": Option.path(),
        "later": Option.time(),
    }

    def init(self):
        self.log.info("%s", json.dumps(self.options))
