"""Replaces every argument and every part of a reply."""

from shapes import change, every

xlator = every(
    fop=lambda row: lambda self, frame, *args: frame.wind(*change(row.args, args)),
    cbk=lambda row: lambda self, frame, ret, errno, *reply: frame.unwind(
        ret, errno, *change(row.reply, reply)
    ),
)
