"""Every fop is passed on, and so is its reply."""

from shapes import every

xlator = every(
    fop=lambda row: lambda self, frame, *args: frame.wind(*args),
    cbk=lambda row: lambda self, frame, ret, errno, *reply: frame.unwind(ret, errno, *reply),
)
