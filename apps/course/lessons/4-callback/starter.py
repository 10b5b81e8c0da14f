from glupy import ENOENT, Translator


class xlator(Translator):
    """Says of each lookup how it ended."""

    def lookup_cbk(self, frame, op_ret, op_errno, *reply):
        frame.unwind(op_ret, op_errno, *reply)
