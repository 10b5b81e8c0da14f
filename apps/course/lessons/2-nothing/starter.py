from glupy import Translator

# Write the class here. Its name is xlator, and it is derived from Translator.
