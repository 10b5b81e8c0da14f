/** Logs names that come and go; the fops themselves pass by. */
import { Translator } from 'glossa';

export class xlator extends Translator {
  entryCreated(loc) {
    this.log.info('+%s %s', loc.name, loc.pargfid.at(-1));
  }

  entryRemoved(loc) {
    this.log.info('-%s %s', loc.name, loc.pargfid.at(-1));
  }
}
