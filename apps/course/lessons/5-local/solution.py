from glupy import Translator


class xlator(Translator):
    """Says of each name whether it was found."""

    def lookup(self, frame, loc, xdata):
        frame.local = loc.path
        frame.wind()

    def lookup_cbk(self, frame, op_ret, op_errno, *reply):
        self.log.info("%s: %s", frame.local, "found" if op_ret >= 0 else "absent")
        frame.unwind(op_ret, op_errno, *reply)
