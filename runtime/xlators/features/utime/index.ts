/**
 * features/utime: adds to each request the client's time, and a mask of the file's times that it sets. The storage
 * (storage/posix, here or behind protocol/client) stores these times, so all copies of a file have the same times,
 * independent of their machines' clocks.
 *
 * When a lookup finds a file without stored times, its times on the disk are stored (`set-ctime-mdata`).
 *
 * Source: GlusterFS 10 `xlators/features/utime/src/`.
 */
import {
  accessTimeFops,
  type Ctime,
  findSetattrTimes,
  makeCtime,
  TIME_BITS,
  timesByFop,
} from '../../../core/ctime.ts';
import { Dict } from '../../../core/dict.ts';
import { EOPNOTSUPP } from '../../../core/errno.ts';
import { SET_ATTR } from '../../../core/fops.ts';
import { type Frame, Stack } from '../../../core/frame.ts';
import {
  type AnyFop,
  collect,
  type FopName,
  tail,
  tailArgs,
  unwind,
  wind,
} from '../../../core/gen/fops.gen.ts';
import type { Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import { messages } from '../../../core/messages.ts';
import { O_TRUNC } from '../../../core/open-flags.ts';
import { Loc } from '../../../core/operands.ts';
import { defineReconfigurableOptions, type Values } from '../../../core/options.ts';
import {
  type Cbk,
  defaultNotify,
  defineTranslator,
  type Fop,
  type Fops,
  type Xlator,
} from '../../../core/xlator.ts';
import { encodeWireMdata, MDATA, SET_MDATA } from '../../storage/shared/mdata.ts';

/** The pid in this translator's own requests (`GF_CLIENT_PID_SET_UTIME`). */
const SET_UTIME_PID = -13;

const options = defineReconfigurableOptions({
  noatime: {
    type: 'bool',
    default: true,
    description: 'Reading a file does not set its access time.',
  },
});

/** The state of one volume of features/utime. */
interface UtimeState {
  settings: Values<typeof options>;
  /** Whether the storage can store times; false after it has refused once. */
  canStoreTimes: boolean;
}

/** Makes a request's time, with the bits of the times that it sets. */
const makeRequestTime = (xl: Xlator<UtimeState>, timeBits: number): Ctime =>
  makeCtime(xl.context.sink.now(), timeBits);

/** Returns the bits of the times that a fop sets (`TIME_BITS`), without the access time if `noatime` is on. */
function selectTimeBits({ settings }: UtimeState, fop: FopName): number {
  const timeBits = timesByFop[fop] ?? 0;
  return settings.noatime && accessTimeFops.includes(fop) ? timeBits & ~TIME_BITS.ATIME : timeBits;
}

/** Makes a fop that adds the time and the mask to the request (`frame.root.ctime`). */
const makeTimedFop = (fop: FopName): AnyFop => {
  const passOn = tailArgs[fop];
  return (frame, xl, args) => {
    frame.root.ctime = makeRequestTime(
      xl as Xlator<UtimeState>,
      selectTimeBits(xl.priv as UtimeState, fop),
    );
    passOn(frame, xl.children[0]!, args);
  };
};

const timedFops = Object.fromEntries(
  (Object.keys(timesByFop) as FopName[]).map((fop) => [fop, collect[fop](makeTimedFop(fop))]),
) as Fops<UtimeState>;

/** An open with O_TRUNC sets the times of a truncate. */
const open: Fop<'open', UtimeState> = (frame, xl, loc, flags, fd, xdata) => {
  const truncateTimes = (flags & O_TRUNC) !== 0 ? (timesByFop.truncate ?? 0) : 0;
  frame.root.ctime = makeRequestTime(xl, selectTimeBits(xl.priv, 'open') | truncateTimes);
  tail.open(frame, xl.children[0]!, loc, flags, fd, xdata);
};

const { ATIME, MTIME, ATIME_NOW, MTIME_NOW } = SET_ATTR;

/** Replaces "now" by the request's time, the same for every copy of the file. */
function replaceNow(attributes: Iatt, valid: number, { sec, nsec }: Ctime): Iatt {
  if ((valid & (ATIME_NOW | MTIME_NOW)) === 0) return attributes;
  return Object.assign(
    attributes.copy(),
    (valid & ATIME_NOW) !== 0 && { iaAtime: sec, iaAtimeNsec: nsec },
    (valid & MTIME_NOW) !== 0 && { iaMtime: sec, iaMtimeNsec: nsec },
  );
}

/** Replaces the bits "set to now" by "set to this time". */
const replaceNowBits = (valid: number): number =>
  valid | ((valid & ATIME_NOW) !== 0 ? ATIME : 0) | ((valid & MTIME_NOW) !== 0 ? MTIME : 0);

const setattr: Fop<'setattr', UtimeState> = (frame, xl, loc, stbuf, valid, xdata) => {
  const time = makeRequestTime(xl, findSetattrTimes(valid));
  frame.root.ctime = time;
  const attributes = replaceNow(stbuf, valid, time);
  tail.setattr(frame, xl.children[0]!, loc, attributes, replaceNowBits(valid), xdata);
};

const fsetattr: Fop<'fsetattr', UtimeState> = (frame, xl, fd, stbuf, valid, xdata) => {
  const time = makeRequestTime(xl, findSetattrTimes(valid));
  frame.root.ctime = time;
  const attributes = replaceNow(stbuf, valid, time);
  tail.fsetattr(frame, xl.children[0]!, fd, attributes, replaceNowBits(valid), xdata);
};

/** Requests the stored times, to find files without them. */
const lookup: Fop<'lookup', UtimeState> = (frame, xl, loc, xdata) => {
  if (!xl.priv.canStoreTimes) return tail.lookup(frame, xl.children[0]!, loc, xdata);
  const requestXdata = xdata?.copy() ?? new Dict();
  wind.lookup(frame, 0, lookupCbk, xl.children[0]!, loc, requestXdata.set(MDATA, 1));
};

const lookupCbk: Cbk<'lookup', UtimeState> = (
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
  storeDiskTimes(xl, { lookupFrame: frame, inode, buf, xdata, postparent });
};

/** A lookup whose reply waits until the file's times are stored. */
interface PendingLookup {
  readonly lookupFrame: Frame;
  readonly inode: Inode;
  readonly buf: Iatt;
  readonly xdata: Dict | null;
  readonly postparent: Iatt | null;
}

/** Stores an inode's disk times; a failure does not fail the lookup. */
function storeDiskTimes(xl: Xlator<UtimeState>, pending: PendingLookup): void {
  const { inode, buf } = pending;
  const frame = xl.begin(new Stack(0, 0, SET_UTIME_PID, 'SETXATTR'));
  frame.local = pending;
  const loc = new Loc(inode, null, null, buf.iaGfid);
  const dict = new Dict().set(SET_MDATA, encodeWireMdata(buf), 'mdata');
  wind.setxattr(frame, 0, setMdataCbk, xl.children[0]!, loc, dict, 0, null);
}

const setMdataCbk: Cbk<'setxattr', UtimeState> = (frame, _cookie, xl, opRet, opErrno) => {
  xl.end(frame.root);
  if (opRet < 0 && opErrno === EOPNOTSUPP && xl.priv.canStoreTimes) {
    xl.priv.canStoreTimes = false;
    xl.log.warning(
      'what is below keeps no times that are set here: files get the times of the disks below',
      {
        msgid: messages.timesNotKept.id,
      },
    );
  }
  const { lookupFrame, inode, buf, xdata, postparent } = frame.local as PendingLookup;
  unwind.lookup(lookupFrame, 0, 0, inode, buf, xdata, postparent);
};

export default defineTranslator<UtimeState, typeof options>({
  type: 'features/utime',
  description: "Gives files the times of the client's clock, not of the bricks' clocks.",
  children: [1, 1],
  listsUnopened: true,
  options,
  dataPath: { keepsPages: () => true, givesTimes: true },
  fops: { ...timedFops, open, setattr, fsetattr, lookup },
  init: (_xl, settings) => ({ settings, canStoreTimes: true }),
  reconfigure(xl, settings) {
    xl.priv.settings = settings;
  },
  notify(xl, event, data) {
    // The brick may have been replaced, or run as another user.
    if (event === 'CHILD_UP') xl.priv.canStoreTimes = true;
    defaultNotify(xl, event, data);
  },
});
