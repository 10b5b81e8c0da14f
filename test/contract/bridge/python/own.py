"""Answers every fop with a reply of its own."""

from shapes import every, own_reply

xlator = every(fop=lambda row: lambda self, frame, *args: frame.unwind(3, 0, *own_reply(row, args)))
