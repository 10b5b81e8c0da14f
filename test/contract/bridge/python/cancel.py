"""Handles interrupted callers in cancel methods of single fops."""

from glupy import EINTR, Translator


class xlator(Translator):
    def stat(self, frame, loc, xdata):
        frame.wind()

    def stat_cbk(self, frame, op_ret, op_errno, buf, xdata):
        if frame.answered:
            self.log.info("stat is answered already")
        else:
            frame.unwind(op_ret, op_errno, buf, xdata)

    def stat_cancel(self, frame):
        self.log.info("stat is not wanted")
        frame.fail(EINTR)

    def readlink(self, frame, loc, size, xdata):
        frame.wind()

    def readlink_cbk(self, frame, op_ret, op_errno, *reply):
        frame.unwind(op_ret, op_errno, *reply)

    def readlink_cancel(self, frame):
        self.log.info("readlink is not wanted")

    def access(self, frame, loc, mask, xdata):
        self.kept = frame

    def access_cancel(self, frame):
        frame.fail(EINTR)

    def statfs(self, frame, loc, xdata):
        frame.wind()

    def statfs_cbk(self, frame, op_ret, op_errno, buf, xdata):
        if not frame.answered:
            frame.unwind(op_ret, op_errno, buf, xdata)

    def statfs_cancel(self, frame):
        raise ValueError("it cannot be stopped")

    def fsync(self, frame, fd, datasync, xdata):
        frame.wind()

    def fsync_cbk(self, frame, op_ret, op_errno, *reply):
        frame.unwind(op_ret, op_errno, *reply)
