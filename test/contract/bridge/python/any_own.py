"""Has methods of single fops beside the generic ones."""

from glupy import Translator


class xlator(Translator):
    def any_fop(self, frame, *args):
        self.log.info("any %s", frame.name)
        frame.wind()

    def any_cbk(self, frame, op_ret, op_errno, *reply):
        self.log.info("any %s_cbk", frame.name)
        frame.unwind(op_ret, op_errno, *reply)

    def stat(self, frame, loc, xdata):
        self.log.info("own stat")
        frame.wind()

    def stat_cbk(self, frame, op_ret, op_errno, buf, xdata):
        self.log.info("own stat_cbk")
        frame.unwind(op_ret, op_errno, buf, xdata)

    def readlink(self, frame, loc, size, xdata):
        self.log.info("own readlink")
        frame.wind()

    def statfs_cbk(self, frame, op_ret, op_errno, buf, xdata):
        self.log.info("own statfs_cbk")
        frame.unwind(op_ret, op_errno, buf, xdata)
