/** An edition that refuses to start. */
import { Translator } from 'glossa';

export class xlator extends Translator {
  init() {
    throw new Error('not today');
  }
}
