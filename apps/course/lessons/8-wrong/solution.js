import { ENOENT, Option, Translator } from 'glossa';

/** Remembers names that are absent, and answers for them. */
export class xlator extends Translator {
  static options = {
    timeout: Option.time(60, { help: 'how long an absent name is remembered' }),
  };

  init() {
    this.absent = new Map(); // folder/name: until when
    this.made = 0; // how often names were made
  }

  lookup(frame, loc) {
    const key = `${loc.pargfid}/${loc.name}`;
    if (this.absent.get(key) > performance.now()) return frame.fail(ENOENT);
    frame.local = [key, this.made];
    frame.wind();
  }

  lookupCbk(frame, opRet, opErrno, ...reply) {
    const [key, made] = frame.local;
    if (opRet < 0 && opErrno === ENOENT && made === this.made) {
      this.absent.set(key, performance.now() + this.options.timeout * 1000);
    }
    frame.unwind(opRet, opErrno, ...reply);
  }

  entryCreated(loc) {
    this.made += 1;
    this.absent.delete(`${loc.pargfid}/${loc.name}`);
  }

  notify(event) {
    if (event !== 'UPCALL') return;
    this.made += 1;
    this.absent.clear();
  }
}
