"""Stores the objects of requests and uses them after the end."""

from glupy import Translator


class xlator(Translator):
    def init(self):
        self.kept = {}

    def keep(self, **things):
        self.kept.update(things)

    def stat(self, frame, loc, xdata):
        self.keep(loc=loc, inode=loc.inode, frame=frame)
        self.keep(name=loc.name, copied=loc.copy(), made=loc.replace(name=f"{loc.name}~"))
        frame.wind()

    def stat_cbk(self, frame, op_ret, op_errno, buf, xdata):
        self.keep(buf=buf, xdata=xdata)
        frame.unwind(op_ret, op_errno, buf, xdata)

    def readv(self, frame, fd, size, offset, flags, xdata):
        self.keep(fd=fd)
        frame.wind()

    def readv_cbk(self, frame, op_ret, op_errno, vector, stbuf, xdata):
        self.keep(vector=vector)
        frame.unwind(op_ret, op_errno, vector, stbuf, xdata)

    def readdirp_cbk(self, frame, op_ret, op_errno, entries, xdata):
        self.keep(entries=entries)
        frame.unwind(op_ret, op_errno, entries, xdata)

    def statfs(self, frame, loc, xdata):
        kept = self.kept
        for name, use in {
            "loc": lambda: kept["loc"].name,
            "loc path": lambda: kept["loc"].path,
            "loc parent": lambda: kept["loc"].parent,
            "loc replaced": lambda: kept["loc"].replace(name="b"),
            "loc wound to": lambda: frame.wind(kept["loc"], None),
            "loc copied": lambda: f"{kept['copied'].name} {kept['name']}",
            "loc made": lambda: kept["made"].name,
            "inode": lambda: kept["inode"].path,
            "fd": lambda: kept["fd"].flags,
            "fd context": lambda: kept["fd"].ctx,
            "iatt": lambda: kept["buf"].ia_size,
            "dict": lambda: kept["xdata"]["key"],
            "bytes": lambda: bytes(kept["vector"]),
            "listing": lambda: kept["entries"][0],
            "caller": lambda: kept["frame"].root.uid,
            "wind": lambda: kept["frame"].wind(),
            "unwind": lambda: kept["frame"].unwind(0),
        }.items():
            try:
                came = use()
            except Exception as error:
                came = type(error).__name__
            self.log.info("%s: %s", name, came)
        frame.fail(1)
