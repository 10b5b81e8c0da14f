/** Remembers failed lookups, and answers them without asking the storage again. */
import { ENOENT, Option, Translator } from 'glossa';

export class xlator extends Translator {
  static options = {
    timeout: Option.time(60, { help: 'how long a name that was absent is remembered' }),
    limit: Option.int(65536, { min: 1, help: 'how many names are remembered at most' }),
    'kernel-timeout': Option.time(0, {
      help: 'how long the kernel caches it, without asking here',
    }),
  };

  absent = new Map(); // directory/name: when to ask the storage again
  epoch = 0; // goes up with every name that is created
  kernelTimeout = undefined; // as the mount has it
  tells = this.log.enabled('debug'); // `glossa mount --debug` shows HIT and MISS

  init() {
    const timeout = this.options['kernel-timeout'];
    if (timeout > 0) this.kernelTimeout = { timeout };
  }

  lookup(frame, loc) {
    const key = `${loc.pargfid}/${loc.name ?? ''}`;
    const isHit = performance.now() < this.absent.get(key) && !loc.known;
    if (this.tells) this.log.debug('%s %s', isHit ? 'HIT' : 'MISS', loc.path);
    if (isHit) return frame.fail(ENOENT, this.kernelTimeout);
    frame.local = { key, named: loc.name !== null, epoch: this.epoch };
    frame.wind();
  }

  lookupCbk(frame, opRet, opErrno, ...reply) {
    const { key, named, epoch } = frame.local;
    this.absent.delete(key);
    if (opRet < 0 && opErrno === ENOENT && named && epoch === this.epoch) {
      this.remember(key);
      if (this.kernelTimeout !== undefined) return frame.fail(ENOENT, this.kernelTimeout);
    }
    frame.unwind(opRet, opErrno, ...reply);
  }

  remember(key) {
    this.absent.set(key, performance.now() + this.options.timeout * 1000);
    const [oldest] = this.absent.keys();
    if (this.absent.size > this.options.limit) this.absent.delete(oldest); // it makes room
  }

  entryCreated(loc) {
    this.epoch += 1;
    this.absent.delete(`${loc.pargfid}/${loc.name}`);
  }

  unlink(frame, loc) {
    frame.local = { key: `${loc.pargfid}/${loc.name}`, epoch: this.epoch };
    frame.wind();
  }

  unlinkCbk(frame, opRet, opErrno, ...reply) {
    const { key, epoch } = frame.local;
    if (opRet >= 0 && epoch === this.epoch) this.remember(key);
    frame.unwind(opRet, opErrno, ...reply);
  }

  rmdir(frame, loc) {
    this.unlink(frame, loc);
  }

  rmdirCbk(frame, opRet, opErrno, ...reply) {
    this.unlinkCbk(frame, opRet, opErrno, ...reply);
  }

  notify(event) {
    if (event !== 'UPCALL') return;
    this.epoch += 1; // the storage has changed behind our back
    this.absent.clear();
  }
}
