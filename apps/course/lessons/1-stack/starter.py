from glupy import Translator


class xlator(Translator):
    def lookup(self, frame, loc, xdata):
        self.log.info("a program asks for a file")  # which one? loc.path knows
        frame.wind()
