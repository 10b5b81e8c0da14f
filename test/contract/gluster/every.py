# Every operation of the table, wound and unwound by its own names.
from gluster.glupy import *

dl.get_rootunique.restype = c_uint64
ids = {}


def fop(name):
    def call(self, frame, this, *args):
        ids[dl.get_id(frame)] = name
        print("%s FOP %s %d" % (name, bool(this), dl.get_rootunique(frame)))
        dl["wind_" + name](frame, POINTER(xlator_t)(), *args)
        return 0

    return call


def cbk(name):
    def call(self, frame, cookie, this, op_ret, op_errno, *args):
        mine = ids.pop(dl.get_id(frame)) == name
        print("%s CBK %s %d" % (name, mine, dl.get_rootunique(frame)))
        dl["unwind_" + name](frame, cookie, this, op_ret, op_errno, *args)
        return 0

    return call


class xlator(Translator):
    pass


for each in dir(dl):
    if each.startswith("wind_"):
        each = each[5:]
        setattr(xlator, each + "_fop", fop(each))
        setattr(xlator, each + "_cbk", cbk(each))
