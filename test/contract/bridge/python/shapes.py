"""Makes one method for every fop of the table, for the contract's modules."""

import json
import math

from glupy import Dict, Flock, Iatt, Lease, Statvfs, Translator
from glupy._fops import FOPS


def every(fop=None, cbk=None):
    """A translator whose methods for every fop are made by `fop(row)` and `cbk(row)`."""
    methods = {}
    for row in FOPS:
        if fop is not None:
            methods[row.name] = fop(row)
        if cbk is not None:
            methods[row.name + "_cbk"] = cbk(row)
    return type("xlator", (Translator,), methods)


def fields(value):
    return {name: getattr(value, name) for name in value._order}


def value_in_dict(value):
    if isinstance(value, Iatt):
        return fields(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, float) and not math.isfinite(value):
        return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[str(value)]
    return value


def describe_dict(value):
    return [[key, value.types[key], value_in_dict(item)] for key, item in value.items()]


DESCRIBE = {
    "loc": lambda loc: [
        loc.name,
        loc.gfid,
        loc.pargfid,
        loc.path,
        loc.inode.gfid if loc.inode else None,
    ],
    "inode": lambda inode: [inode.gfid, inode.ia_type],
    "fd": lambda fd: [fd.inode.gfid, fd.flags, fd.pid, bool(fd.is_dir)],
    "iatt": fields,
    "dict": describe_dict,
    "str": str,
    "int": int,
    "data": lambda data: bytes(data).hex(),
    "entries": lambda entries: [
        [entry.name, entry.off, entry.type, entry.gfid, entry.stat and fields(entry.stat)]
        for entry in entries
    ],
    "statvfs": fields,
    "flock": fields,
    "lease": fields,
    "locklist": lambda locks: [fields(lock) for lock in locks],
}


def describe(row, values):
    """All there is to say about values, as JSON."""
    return json.dumps([None if v is None else DESCRIBE[arg.type](v) for arg, v in zip(row, values)])


def with_pair(value):
    twin = value.copy()
    twin["changed"] = 1
    return twin


CHANGE = {
    "loc": lambda loc: loc if loc.name is None else loc.replace(name=loc.name + "~"),
    "inode": lambda inode: inode,
    "fd": lambda fd: fd,
    "iatt": lambda value: value.copy(ia_size=value.ia_size + 1),
    "dict": with_pair,
    "str": lambda text: text + "~",
    "int": lambda number: number + 1,
    "data": lambda data: bytes(data) + b"~",
    "entries": lambda entries: [entry._replace(name=entry.name + "~") for entry in entries],
    "statvfs": lambda value: value.copy(bfree=value.bfree + 1),
    "flock": lambda value: value.copy(start=value.start + 1),
    "lease": lambda value: value.copy(flags=value.flags + 1),
    "locklist": lambda locks: [lock.copy(start=lock.start + 1) for lock in locks],
}


def change(row, values):
    """The values, each exchanged for a changed one."""
    return [None if v is None else CHANGE[arg.type](v) for arg, v in zip(row, values)]


def rename_all(entries):
    for index, entry in enumerate(entries):
        entries[index] = entry._replace(name=entry.name + "~")


def lock_later(lock):
    lock.start += 1


def set_pair(value):
    value["changed"] = 1


def grow(value):
    value.ia_size += 1


def free(value):
    value.bfree += 1


def flag(value):
    value.flags += 1


TOUCH = {
    "iatt": grow,
    "dict": set_pair,
    "entries": rename_all,
    "statvfs": free,
    "flock": lock_later,
    "lease": flag,
    "locklist": lambda locks: [lock_later(lock) for lock in locks],
}


def touch(row, values):
    """The same change, made to the values themselves where they can be changed."""
    values = list(values)
    for index, arg in enumerate(row):
        if values[index] is None:
            continue
        if arg.type in TOUCH:
            TOUCH[arg.type](values[index])
        else:
            values[index] = CHANGE[arg.type](values[index])
    return values


OWN = {
    "iatt": lambda: Iatt(ia_size=7, ia_type=1, ia_gfid="00000000-0000-0000-0000-000000000007"),
    "dict": lambda: Dict(own=7, text="seven", data=b"\x07\xff", half=0.5),
    "str": lambda: "own",
    "int": lambda: 7,
    "data": lambda: b"own",
    "entries": lambda: [],
    "statvfs": lambda: Statvfs(bfree=7),
    "flock": lambda: Flock(start=7, owner="07"),
    "lease": lambda: Lease(flags=7),
    "locklist": lambda: [Flock(start=7), Flock(start=8)],
}


def own_reply(row, args):
    """A reply that no child gave; inodes and fds are those of the request."""
    reply = []
    for part in row.reply:
        if part.type in OWN:
            reply.append(OWN[part.type]())
        else:
            mine = [v for arg, v in zip(row.args, args) if arg.type == part.type]
            if part.type == "inode":
                mine += [v.inode for arg, v in zip(row.args, args) if arg.type == "loc"]
            reply.append(mine[0] if mine else None)
    return reply


def own_ret(row, args):
    """What is said of it: 3, but that all of the data was written."""
    return len(args[1]) if row.name == "writev" else 3
