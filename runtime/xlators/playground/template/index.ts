/**
 * playground/template: a translator with every part one can have, which changes nothing. Copy the
 * folder, rename the type, and throw out what you do not need: all but `type`, `description`,
 * `children`, `options`, `fops` and `init` may be absent.
 *
 * What each part is for stands at `Translator` in `runtime/core/xlator.ts`.
 */
import { type Entry, entryFops } from '../../../core/entries.ts';
import type { EventName } from '../../../core/events.ts';
import type { Fd } from '../../../core/fd.ts';
import { tail, unwind, wind } from '../../../core/gen/fops.gen.ts';
import type { Inode } from '../../../core/inode.ts';
import {
  type Cbk,
  defaultNotify,
  defineTranslator,
  type Fop,
  type Fops,
  type Xlator,
} from '../../../core/xlator.ts';
import { options, type Settings } from './options.ts';

/** The state of one instance; a module-level variable would be shared by all volumes. */
interface State {
  settings: Settings;
  lookups: number;
  failures: number;
  namesMade: number;
  inodesSeen: number;
  openFds: number;
}

/** Sees the request and its reply: takes a frame. */
const lookup: Fop<'lookup', State> = (frame, xl, loc, xdata) => {
  xl.priv.lookups += 1;
  // From here to the callback, `frame.local` is ours, and the cookie (0) comes back with the reply.
  frame.local = loc.name;
  wind.lookup(frame, 0, lookupCbk, xl.children[0]!, loc, xdata);
};

const lookupCbk: Cbk<'lookup', State> = (
  frame,
  _cookie,
  xl,
  opRet,
  opErrno,
  inode,
  buf,
  xdata,
  postparent,
) => {
  if (opRet < 0) {
    xl.priv.failures += 1;
    xl.log.trace('lookup failed', { errno: opErrno, pairs: { name: String(frame.local) } });
  } else if (inode !== null && inode.ctxGet(xl) === undefined) {
    // What is kept with an inode is given back to `forget`.
    inode.ctxSet(xl, true);
    xl.priv.inodesSeen += 1;
  }
  unwind.lookup(frame, opRet, opErrno, inode, buf, xdata, postparent);
};

/** Sees the request only: a tail wind takes no frame, and the reply goes past us. */
const statfs: Fop<'statfs', State> = (frame, xl, loc, xdata) => {
  tail.statfs(frame, xl.children[0]!, loc, xdata);
};

const open: Fop<'open', State> = (frame, xl, loc, flags, fd, xdata) => {
  wind.open(frame, 0, openCbk, xl.children[0]!, loc, flags, fd, xdata);
};

const openCbk: Cbk<'open', State> = (frame, _cookie, xl, opRet, opErrno, fd, xdata) => {
  if (opRet >= 0 && fd !== null) keep(xl, fd);
  unwind.open(frame, opRet, opErrno, fd, xdata);
};

const opendir: Fop<'opendir', State> = (frame, xl, loc, fd, xdata) => {
  wind.opendir(frame, 0, opendirCbk, xl.children[0]!, loc, fd, xdata);
};

const opendirCbk: Cbk<'opendir', State> = (frame, _cookie, xl, opRet, opErrno, fd, xdata) => {
  if (opRet >= 0 && fd !== null) keep(xl, fd);
  unwind.opendir(frame, opRet, opErrno, fd, xdata);
};

/** What is kept with an fd is given back to `release` or `releasedir`. */
function keep(xl: Xlator<State>, fd: Fd): void {
  fd.ctxSet(xl, true);
  xl.priv.openFds += 1;
}

/** Every fop that makes or removes a name, at once. */
const entries = entryFops<State>({
  before() {},
  after(xl: Xlator<State>, { created }: Entry, opRet: number) {
    if (created !== null && opRet >= 0) xl.priv.namesMade += 1;
  },
});

const fops: Fops<State> = { lookup, statfs, open, opendir, ...entries };

export default defineTranslator<State, typeof options>({
  type: 'playground/template',
  description: 'Changes nothing, with every part that a translator can have: to be copied.',
  children: [1, 1],
  options,
  fops,

  /** Top first: nothing below is ready yet. What it returns is `xl.priv`; it may be a promise. */
  init(xl: Xlator<State>, settings: Settings): State {
    xl.log.debug(`over ${xl.childNames.join(', ')}`);
    return { settings, lookups: 0, failures: 0, namesMade: 0, inodesSeen: 0, openFds: 0 };
  },

  /** All values again, defaults filled in. */
  reconfigure(xl: Xlator<State>, settings: Settings): void {
    xl.priv.settings = settings;
  },

  /** An event that is not passed on ends here: without PARENT_UP nothing below comes up. */
  notify(xl: Xlator<State>, event: EventName, data: unknown): void {
    xl.log.debug(`event ${event}`);
    defaultNotify(xl, event, data);
  },

  /** Gives back what `init` took: timers, connections. */
  fini(xl: Xlator<State>): void {
    xl.log.debug('stopped');
  },

  forget(xl: Xlator<State>, _inode: Inode, _value: unknown): void {
    xl.priv.inodesSeen -= 1;
  },

  release(xl: Xlator<State>, _fd: Fd, _value: unknown): void {
    xl.priv.openFds -= 1;
  },

  releasedir(xl: Xlator<State>, _fd: Fd, _value: unknown): void {
    xl.priv.openFds -= 1;
  },

  /** For statedumps. */
  dump(xl: Xlator<State>) {
    const { lookups, failures, namesMade, inodesSeen, openFds } = xl.priv;
    return {
      lookups,
      failures,
      'names-made': namesMade,
      'inodes-seen': inodesSeen,
      'open-fds': openFds,
    };
  },
});
