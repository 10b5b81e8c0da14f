/** Passes lookups on without a callback. */
import { Translator } from 'glossa';

export default class extends Translator {
  lookup(frame) {
    frame.wind();
  }
}
