"""Fails every fop by an exception that carries an errno."""

from glupy import EDQUOT
from shapes import every


def make(row):
    async def fop(self, frame, *args):
        raise OSError(EDQUOT, "over quota")

    return fop


xlator = every(fop=make)
