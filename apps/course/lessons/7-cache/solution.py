from glupy import ENOENT, Translator


class xlator(Translator):
    """Remembers names that are absent, and answers for them."""

    def init(self):
        self.absent = set()

    def lookup(self, frame, loc, xdata):
        key = loc.pargfid, loc.name
        if key in self.absent:
            return frame.fail(ENOENT)
        frame.local = key
        frame.wind()

    def lookup_cbk(self, frame, op_ret, op_errno, *reply):
        if op_ret < 0 and op_errno == ENOENT:
            self.absent.add(frame.local)
        frame.unwind(op_ret, op_errno, *reply)
