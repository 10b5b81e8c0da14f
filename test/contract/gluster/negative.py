# A cache of absent names in the style of the glupy that was part of GlusterFS.
from __future__ import print_function

import sys
from uuid import UUID
from gluster.glupy import *

cache = {}

dl.get_id.restype = c_long
dl.get_id.argtypes = [POINTER(call_frame_t)]


def uuid2str(gfid):
    return str(UUID("".join(map("{0:02x}".format, gfid))))


class xlator(Translator):
    def __init__(self, c_this):
        self.requests = {}
        Translator.__init__(self, c_this)

    def lookup_fop(self, frame, this, loc, xdata):
        pargfid = uuid2str(loc.contents.pargfid)
        print("lookup FOP: {0:s}:{1:s}".format(pargfid, loc.contents.name))
        if pargfid in cache and loc.contents.name in cache[pargfid]:
            print("short-circuiting for {0:s}:{1:s}".format(pargfid, loc.contents.name))
            dl.unwind_lookup(
                frame, 0, this, -1, 2, POINTER(inode_t)(), POINTER(iatt_t)(), None, None
            )
            return 0
        self.requests[dl.get_id(frame)] = (pargfid, loc.contents.name[:])
        dl.wind_lookup(frame, POINTER(xlator_t)(), loc, xdata)
        return 0

    def lookup_cbk(self, frame, cookie, this, op_ret, op_errno, inode, buf, xdata, postparent):
        print("lookup CBK: {0:d} ({1:d})".format(op_ret, op_errno))
        pargfid, name = self.requests.pop(dl.get_id(frame))
        if op_ret == 0:
            print("found {0:s}, removing from cache".format(name))
            cache.setdefault(pargfid, set()).discard(name)
        elif op_errno == 2:
            print("failed to find {0:s}, adding to cache".format(name))
            cache.setdefault(pargfid, set()).add(name)
        dl.unwind_lookup(frame, cookie, this, op_ret, op_errno, inode, buf, xdata, postparent)
        return 0

    def create_fop(self, frame, this, loc, flags, mode, umask, fd, xdata):
        self.requests[dl.get_id(frame)] = uuid2str(loc.contents.pargfid), loc.contents.name[:]
        dl.wind_create(frame, POINTER(xlator_t)(), loc, flags, mode, umask, fd, xdata)
        return 0

    def create_cbk(
        self, frame, cookie, this, op_ret, op_errno, fd, inode, buf, preparent, postparent, xdata
    ):
        pargfid, name = self.requests.pop(dl.get_id(frame))
        if op_ret == 0:
            print("created {0:s}, removing from cache".format(name))
            cache.setdefault(pargfid, set()).discard(name)
        dl.unwind_create(
            frame, cookie, this, op_ret, op_errno, fd, inode, buf, preparent, postparent, xdata
        )
        return 0
