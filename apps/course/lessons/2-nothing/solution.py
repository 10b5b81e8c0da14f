from glupy import Translator


class xlator(Translator):
    pass
