import { ENOENT, Option, Translator } from 'glossa';

/** Remembers names that are absent, and answers for them. */
export class xlator extends Translator {
  static options = {
    timeout: Option.time(60, { help: 'how long an absent name is remembered' }),
    'kernel-timeout': Option.time(0, { help: 'how long the kernel remembers it, too' }),
  };

  init() {
    this.absent = new Map(); // folder/name: until when
  }

  lookup(frame, loc) {
    const key = `${loc.pargfid}/${loc.name}`;
    if (this.absent.get(key) > performance.now()) return this.fail(frame);
    frame.local = key;
    frame.wind();
  }

  lookupCbk(frame, opRet, opErrno, ...reply) {
    if (opRet < 0 && opErrno === ENOENT) {
      this.absent.set(frame.local, performance.now() + this.options.timeout * 1000);
      return this.fail(frame);
    }
    frame.unwind(opRet, opErrno, ...reply);
  }

  fail(frame) {
    frame.fail(ENOENT, { timeout: this.options['kernel-timeout'] });
  }

  entryCreated(loc) {
    this.absent.delete(`${loc.pargfid}/${loc.name}`);
  }

  notify(event) {
    if (event === 'UPCALL') this.absent.clear();
  }
}
