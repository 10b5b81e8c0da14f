/**
 * features/utime: says with each request when it was made, and which times of files it sets. What
 * keeps files (storage/posix, here or behind protocol/client) then sets these: all copies of a file
 * have the same times, whatever their machines' clocks say.
 *
 * A file that has no such times yet, as it was there before, gets them when it is looked up: the
 * lookup asks for them, and when there are none, the disk's are set as such (`set-ctime-mdata`).
 *
 * Source: GlusterFS 10 `xlators/features/utime/src/`.
 */
import { type Ctime, ctimeAt, readers, SETS, setBy, setBySetattr } from '../../../core/ctime.ts';
import { Dict } from '../../../core/dict.ts';
import { EOPNOTSUPP } from '../../../core/errno.ts';
import { SET_ATTR } from '../../../core/fops.ts';
import { type Frame, Stack } from '../../../core/frame.ts';
import { type FopName, tail, unwind, wind } from '../../../core/gen/fops.gen.ts';
import { type AnyFop, collect, tailArgs } from '../../../core/gen/generic.gen.ts';
import type { Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import { Loc } from '../../../core/loc.ts';
import { messages } from '../../../core/messages.ts';
import { O_TRUNC } from '../../../core/open-flags.ts';
import { reconfigurableOptions, type Values } from '../../../core/options.ts';
import {
  type Cbk,
  defaultNotify,
  defineTranslator,
  type Fop,
  type Fops,
  type Xlator,
} from '../../../core/xlator.ts';
import { MDATA, SET_MDATA, writeWireMdata } from '../../storage/shared/mdata.ts';

/** The pid of requests of this translator's own (`GF_CLIENT_PID_SET_UTIME`). */
const PID = -13;

const options = reconfigurableOptions({
  noatime: {
    type: 'bool',
    default: true,
    description: 'Reading a file does not set its access time.',
  },
});

interface State {
  settings: Values<typeof options>;
  /** Whether what is below can be given times; once it could not, it is not tried again. */
  gives: boolean;
}

const now = (xl: Xlator<State>, sets: number): Ctime => ctimeAt(xl.context.sink.now(), sets);

/** What a fop sets, without what an option leaves out. */
function setsOf({ settings }: State, fop: FopName): number {
  const sets = setBy[fop] ?? 0;
  return settings.noatime && readers.includes(fop) ? sets & ~SETS.ATIME : sets;
}

const marking = (fop: FopName): AnyFop => {
  const passOn = tailArgs[fop];
  return (frame, xl, args) => {
    frame.root.ctime = now(xl as Xlator<State>, setsOf(xl.priv as State, fop));
    passOn(frame, xl.children[0]!, args);
  };
};

const marked = Object.fromEntries(
  (Object.keys(setBy) as FopName[]).map((fop) => [fop, collect[fop](marking(fop))]),
) as Fops<State>;

/** An open may empty the file, and then sets what writing does. */
const open: Fop<'open', State> = (frame, xl, loc, flags, fd, xdata) => {
  const empties = (flags & O_TRUNC) !== 0 ? (setBy.truncate ?? 0) : 0;
  frame.root.ctime = now(xl, setsOf(xl.priv, 'open') | empties);
  tail.open(frame, xl.children[0]!, loc, flags, fd, xdata);
};

const { ATIME, MTIME, ATIME_NOW, MTIME_NOW } = SET_ATTR;

/** The current time is that of the request, for every copy of the file. */
function given(to: Iatt, valid: number, { sec, nsec }: Ctime): Iatt {
  if ((valid & (ATIME_NOW | MTIME_NOW)) === 0) return to;
  return Object.assign(
    to.copy(),
    (valid & ATIME_NOW) !== 0 && { iaAtime: sec, iaAtimeNsec: nsec },
    (valid & MTIME_NOW) !== 0 && { iaMtime: sec, iaMtimeNsec: nsec },
  );
}

const withTimes = (valid: number): number =>
  valid | ((valid & ATIME_NOW) !== 0 ? ATIME : 0) | ((valid & MTIME_NOW) !== 0 ? MTIME : 0);

const setattr: Fop<'setattr', State> = (frame, xl, loc, stbuf, valid, xdata) => {
  const when = now(xl, setBySetattr(valid));
  frame.root.ctime = when;
  const to = given(stbuf, valid, when);
  tail.setattr(frame, xl.children[0]!, loc, to, withTimes(valid), xdata);
};

const fsetattr: Fop<'fsetattr', State> = (frame, xl, fd, stbuf, valid, xdata) => {
  const when = now(xl, setBySetattr(valid));
  frame.root.ctime = when;
  const to = given(stbuf, valid, when);
  tail.fsetattr(frame, xl.children[0]!, fd, to, withTimes(valid), xdata);
};

const lookup: Fop<'lookup', State> = (frame, xl, loc, xdata) => {
  if (!xl.priv.gives) return tail.lookup(frame, xl.children[0]!, loc, xdata);
  const keys = xdata?.copy() ?? new Dict();
  wind.lookup(frame, 0, lookupCbk, xl.children[0]!, loc, keys.set(MDATA, 1));
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
  if (opRet < 0 || inode === null || buf === null || xdata?.has(MDATA)) {
    unwind.lookup(frame, opRet, opErrno, inode, buf, xdata, postparent);
    return;
  }
  give(xl, { asked: frame, inode, buf, xdata, postparent });
};

/** A lookup that is answered so, once what it has found has times. */
interface Found {
  readonly asked: Frame;
  readonly inode: Inode;
  readonly buf: Iatt;
  readonly xdata: Dict | null;
  readonly postparent: Iatt | null;
}

/** Gives an inode the times that it has on the disk; what becomes of that does not fail the lookup. */
function give(xl: Xlator<State>, found: Found): void {
  const { inode, buf } = found;
  const frame = xl.begin(new Stack(0, 0, PID, 'SETXATTR'));
  frame.local = found;
  const loc = new Loc(inode, null, null, buf.iaGfid);
  const dict = new Dict().set(SET_MDATA, writeWireMdata(buf), 'mdata');
  wind.setxattr(frame, 0, givenCbk, xl.children[0]!, loc, dict, 0, null);
}

const givenCbk: Cbk<'setxattr', State> = (frame, _cookie, xl, opRet, opErrno) => {
  xl.end(frame.root);
  if (opRet < 0 && opErrno === EOPNOTSUPP && xl.priv.gives) {
    xl.priv.gives = false;
    xl.log.warning(
      'what is below keeps no times that are set here: files have those of its disks',
      {
        msgid: messages.keepsNoTimes.id,
      },
    );
  }
  const { asked, inode, buf, xdata, postparent } = frame.local as Found;
  unwind.lookup(asked, 0, 0, inode, buf, xdata, postparent);
};

export default defineTranslator<State, typeof options>({
  type: 'features/utime',
  description: 'Gives files the times of who uses them, not those of the machines that keep them.',
  children: [1, 1],
  options,
  dataPath: { keepsPages: () => true, givesTimes: true },
  fops: { ...marked, open, setattr, fsetattr, lookup },
  init: (_xl, settings) => ({ settings, gives: true }),
  reconfigure(xl, settings) {
    xl.priv.settings = settings;
  },
  notify(xl, event, data) {
    // It may be another one now, or run as somebody else.
    if (event === 'CHILD_UP') xl.priv.gives = true;
    defaultNotify(xl, event, data);
  },
});
