"""Fails every fop with a reply that carries all it can."""

from glupy import EDQUOT
from shapes import every, own_reply

xlator = every(
    fop=lambda row: lambda self, frame, *args: frame.unwind(-1, EDQUOT, *own_reply(row, args))
)
