"""Changes arguments and parts of replies in place, where they can be changed."""

from shapes import every, touch

xlator = every(
    fop=lambda row: lambda self, frame, *args: frame.wind(*touch(row.args, args)),
    cbk=lambda row: lambda self, frame, ret, errno, *reply: frame.unwind(
        ret, errno, *touch(row.reply, reply)
    ),
)
