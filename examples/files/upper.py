"""Shows names in capitals; below they are in small letters."""

from glupy import Translator


class xlator(Translator):
    def entry_seen(self, frame, parent, name):
        return name.upper() if name == name.lower() else False

    def entry_stored(self, frame, parent, name):
        return name.lower() if name == name.upper() else None
