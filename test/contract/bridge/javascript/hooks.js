/** Logs created and removed names in hooks; defines no fop. */
import { Translator } from 'glossa';

export class xlator extends Translator {
  entryCreated(loc) {
    this.log.info('+%s %s', loc.name, loc.pargfid.at(-1));
  }

  entryRemoved(loc) {
    this.log.info('-%s %s', loc.name, loc.pargfid.at(-1));
  }
}
