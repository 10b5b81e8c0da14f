"""Logs frame.cookie in callbacks: the given cookie, or the child that replied."""

from glupy import Translator


class xlator(Translator):
    def stat(self, frame, loc, xdata):
        frame.wind()

    def stat_cbk(self, frame, op_ret, op_errno, *reply):
        self.log.info("%s", frame.cookie.name)
        frame.unwind(op_ret, op_errno, *reply)

    def access(self, frame, loc, mask, xdata):
        frame.wind(child=self.children[1])

    def access_cbk(self, frame, op_ret, op_errno, *reply):
        self.log.info("%s", frame.cookie.name)
        frame.unwind(op_ret, op_errno, *reply)

    def readlink(self, frame, loc, size, xdata):
        frame.wind(cookie="a note")

    def readlink_cbk(self, frame, op_ret, op_errno, *reply):
        self.log.info("%s", frame.cookie)
        frame.unwind(op_ret, op_errno, *reply)
