"""Shows every .log file as read-only."""

from glupy import Translator


class xlator(Translator):
    def entry_seen(self, frame, parent, name, attributes):
        if attributes and name.endswith(".log"):
            attributes.ia_prot &= 0o444
        return True
