import { Translator } from 'glossa';

// Write the class here. Its name is xlator, it extends Translator, and it is exported.
