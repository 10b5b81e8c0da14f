# A cache of absent names in the style of the earlier glupy.
import sys
from gluster import *

cache = {}
requests = {}

dl.get_id.restype = c_long
dl.get_id.argtypes = [POINTER(call_frame_t)]


def uuid2str(gfid):
    return "%08x-%08x-%08x-%08x" % tuple(gfid)


@lookup_fop_t
def lookup_fop(frame, this, loc, xdata):
    pargfid = uuid2str(loc.contents.pargfid)
    print("lookup FOP: %s:%s" % (pargfid, loc.contents.name))
    if loc.contents.name in cache.get(pargfid, ()):
        print("short-circuiting for %s:%s" % (pargfid, loc.contents.name))
        dl.unwind_lookup(frame, 0, this, -1, 2, None, None, None, None)
        return 0
    requests[dl.get_id(frame)] = (pargfid, loc.contents.name[:])
    dl.wind_lookup(frame, POINTER(xlator_t)(), loc, xdata)
    return 0


@lookup_cbk_t
def lookup_cbk(frame, cookie, this, op_ret, op_errno, inode, buf, xdata, postparent):
    print("lookup CBK: %d (%d)" % (op_ret, op_errno))
    pargfid, name = requests.pop(dl.get_id(frame))
    if op_ret == 0:
        print("found %s, removing from cache" % name)
        cache.setdefault(pargfid, set()).discard(name)
    elif op_errno == 2:
        print("failed to find %s, adding to cache" % name)
        cache.setdefault(pargfid, set()).add(name)
    dl.unwind_lookup(frame, cookie, this, op_ret, op_errno, inode, buf, xdata, postparent)
    return 0


@create_fop_t
def create_fop(frame, this, loc, flags, mode, umask, fd, xdata):
    requests[dl.get_id(frame)] = (uuid2str(loc.contents.pargfid), loc.contents.name[:])
    dl.wind_create(frame, POINTER(xlator_t)(), loc, flags, mode, umask, fd, xdata)
    return 0


@create_cbk_t
def create_cbk(
    frame, cookie, this, op_ret, op_errno, fd, inode, buf, preparent, postparent, xdata
):
    pargfid, name = requests.pop(dl.get_id(frame))
    if op_ret == 0:
        print("created %s, removing from cache" % name)
        cache.setdefault(pargfid, set()).discard(name)
    dl.unwind_create(
        frame, cookie, this, op_ret, op_errno, fd, inode, buf, preparent, postparent, xdata
    )
    return 0


class xlator():
    def __init__(self, xl):
        dl.set_lookup_fop(xl, lookup_fop)
        dl.set_lookup_cbk(xl, lookup_cbk)
        dl.set_create_fop(xl, create_fop)
        dl.set_create_cbk(xl, create_cbk)
