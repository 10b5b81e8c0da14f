"""The first edition of a module that is edited."""

from glupy import ENOENT, Translator


class xlator(Translator):
    count = 0

    def statfs(self, frame, loc, xdata):
        self.count += 1
        frame.fail(self.count)

    def stat(self, frame, loc, xdata):
        frame.wind()

    def stat_cbk(self, frame, op_ret, op_errno, buf, xdata):
        frame.fail(ENOENT)

    def dump_state(self):
        return {"count": self.count}

    def fini(self):
        self.log.info("the first edition ends")
