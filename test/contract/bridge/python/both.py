"""Passes every fop and its reply on."""

from shapes import every

xlator = every(
    fop=lambda row: lambda self, frame, *args: frame.wind(*args),
    cbk=lambda row: lambda self, frame, ret, errno, *reply: frame.unwind(ret, errno, *reply),
)
