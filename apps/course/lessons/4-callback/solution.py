from glupy import ENOENT, Translator


class xlator(Translator):
    """Says of each lookup how it ended."""

    def lookup_cbk(self, frame, op_ret, op_errno, *reply):
        if op_ret >= 0:
            self.log.info("found")
        elif op_errno == ENOENT:
            self.log.info("absent")
        else:
            self.log.info("failed")
        frame.unwind(op_ret, op_errno, *reply)
