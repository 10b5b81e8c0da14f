"""Logs each change with its user, path and result: one JSON line per request, before the reply."""

import json
from datetime import UTC, datetime

from glupy import Dict, Fd, Iatt, Loc, Option, Translator, errorcode

AUDITED = """
    open opendir create icreate mkdir mknod symlink link unlink rmdir rename
    truncate ftruncate fallocate discard zerofill copy_file_range setattr fsetattr
    setxattr fsetxattr removexattr fremovexattr
""".split()

# Bits of setattr's `valid`, and the fields of `stbuf` that they make valid.
VALID = {1: "ia_prot", 2: "ia_uid", 4: "ia_gid", 0x10: "ia_atime", 0x20: "ia_mtime"}


def details(args):
    """The files of a request, by name; `args` are its arguments, by name."""
    for name, value in args.items():
        if isinstance(value, Loc):
            yield "to" if name == "newloc" else "path", value.path
        elif isinstance(value, Fd) and "loc" not in args:
            yield "path", value.inode.path
        elif isinstance(value, Iatt):
            for bit, field in VALID.items():
                if args["valid"] & bit:
                    yield field, getattr(value, field)
        elif isinstance(value, Dict) and name == "dict":
            yield "names", list(value)
        elif name in ("flags", "mode", "offset", "len", "name", "linkpath"):
            yield name, value


class xlator(Translator):
    observes = True
    options = {
        "file": Option.path(help="the file for the lines, within allow-write; without: the log"),
    }

    def init(self):
        path = self.options["file"]
        # Unbuffered appends: log rotation moves the file between two lines.
        self.file = open(path, "a", buffering=1) if path else None

    def fini(self):
        if self.file:
            self.file.close()

    def request(self, frame, *args):
        names = [arg.name for arg in frame.fop.args]
        frame.local = dict(details(dict(zip(names, args))))
        frame.wind()

    def reply(self, frame, op_ret, op_errno, *reply):
        root = frame.root
        line = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "uid": root.uid,
            "gid": root.gid,
            "pid": root.pid,
            "fop": frame.name,
            "result": "ok" if op_ret >= 0 else errorcode.get(op_errno, op_errno),
            **frame.local,
        }
        text = json.dumps(line)
        if self.file:
            self.file.write(text + "\n")
        else:
            self.log.info("%s", text)
        frame.unwind(op_ret, op_errno, *reply)


for fop in AUDITED:
    setattr(xlator, fop, xlator.request)
    setattr(xlator, fop + "_cbk", xlator.reply)
