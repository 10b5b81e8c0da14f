"""Fails every fop."""

from glupy import EDQUOT
from shapes import every

xlator = every(fop=lambda row: lambda self, frame, *args: frame.fail(EDQUOT))
