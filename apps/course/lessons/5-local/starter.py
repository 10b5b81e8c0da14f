from glupy import Translator


class xlator(Translator):
    """Says of each name whether it was found."""

    def lookup(self, frame, loc, xdata):
        self.path = loc.path
        frame.wind()

    def lookup_cbk(self, frame, op_ret, op_errno, *reply):
        self.log.info("%s: %s", self.path, "found" if op_ret >= 0 else "absent")
        frame.unwind(op_ret, op_errno, *reply)
