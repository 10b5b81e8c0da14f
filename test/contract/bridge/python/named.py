"""Passes every fop on with its arguments named."""

from shapes import every

xlator = every(fop=lambda row: lambda self, frame, *args: frame.wind(*args))
