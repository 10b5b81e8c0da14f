# In the style of the earlier glupy: functions with decorators, registered by hand.
from gluster import *


@lookup_fop_t
def lookup_fop(frame, this, loc, xdata):
    print("Python xlator: Hello!")
    dl.wind_lookup(frame, POINTER(xlator_t)(), loc, xdata)
    return 0


@lookup_cbk_t
def lookup_cbk(frame, cookie, this, op_ret, op_errno, inode, buf, xdata, postparent):
    print("Python xlator: Hello again!")
    dl.unwind_lookup(frame, cookie, this, op_ret, op_errno, inode, buf, xdata, postparent)
    return 0


class xlator():
    def __init__(self, xl):
        dl.set_lookup_fop(xl, lookup_fop)
        dl.set_lookup_cbk(xl, lookup_cbk)
