"""Logs every fop with its arguments, and every reply with its values."""

from glupy import Dict, Fd, Iatt, Inode, Loc, Option, Translator, errorcode

IATT = "gfid type prot nlink uid gid size blocks atime mtime ctime".split()


def show(value):
    """A value as short text, fetching only the shown parts."""
    match value:
        case Loc():
            return f"{value.path} (gfid {value.gfid})"
        case Inode():
            return f"gfid {value.gfid}"
        case Fd():
            return f"fd {value.id} ({value.inode.path})"
        case Iatt():
            return "{" + ", ".join(f"{name}={getattr(value, 'ia_' + name)}" for name in IATT) + "}"
        case Dict():
            return "{" + ", ".join(f"{key}={item!r}" for key, item in value.items()) + "}"
    return repr(value)


def show_all(names, values):
    return "; ".join(f"{name}={show(v)}" for name, v in zip(names, values) if v is not None)


class xlator(Translator):
    observes = True
    options = {"exclude": Option.str("", help="fops that the log omits, separated by commas")}

    def init(self):
        self.exclude = set(self.options["exclude"].split(","))

    def any_fop(self, frame, *args):
        if frame.name not in self.exclude:
            root = frame.root
            frame.local = f"{root.unique} {frame.name.upper()}"
            who = f"uid={root.uid} gid={root.gid} pid={root.pid}"
            names = [arg.name for arg in frame.fop.args]
            self.log.info("> %s: %s; %s", frame.local, show_all(names, args), who)
        frame.wind()

    def any_cbk(self, frame, op_ret, op_errno, *reply):
        if frame.local:
            result = f"op_ret={op_ret}" if op_ret >= 0 else errorcode.get(op_errno, op_errno)
            names = [arg.name for arg in frame.fop.reply]
            self.log.info("< %s: %s; %s", frame.local, result, show_all(names, reply))
        frame.unwind(op_ret, op_errno, *reply)
