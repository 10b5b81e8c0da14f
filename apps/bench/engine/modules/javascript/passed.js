/** Passes lookups on, and does not see them again. */
import { Translator } from 'glossa';

export default class extends Translator {
  lookup(frame) {
    frame.wind();
  }
}
