import { Translator } from 'glossa';

export class xlator extends Translator {
  lookup(frame, loc) {
    this.log.info('a program asks for %s', loc.path);
    frame.wind();
  }
}
