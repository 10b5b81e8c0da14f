"""Defines statfs, and nothing else."""

from glupy import Translator


class xlator(Translator):
    def statfs(self, frame, loc, xdata):
        frame.wind(loc, xdata)
