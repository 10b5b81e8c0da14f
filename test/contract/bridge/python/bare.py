"""Passes every fop on without naming an argument."""

from shapes import every

xlator = every(fop=lambda row: lambda self, frame, *args: frame.wind())
