/**
 * performance/open-behind: answers an open at once, and opens the file or directory below when it is first used. One
 * that a cache above answers for, or that is only opened and closed, is never opened below.
 *
 * Source: GlusterFS 10 `xlators/performance/open-behind/src/`; README.md lists the differences.
 */
import { copyBytes } from '../../../core/bytes.ts';
import { findFop } from '../../../core/fops.ts';
import type { Frame } from '../../../core/frame.ts';
import {
  type AnyFop,
  collect,
  type FopName,
  type FopTable,
  fail,
  tail,
  tailArgs,
  unwind,
  wind,
} from '../../../core/gen/fops.gen.ts';
import { IA_IFREG } from '../../../core/iatt.ts';
import { O_CREAT, O_EXCL, O_TRUNC } from '../../../core/open-flags.ts';
import type { Fd, Loc } from '../../../core/operands.ts';
import {
  type Cbk,
  canListUnopened,
  defineTranslator,
  type Fop,
  type Fops,
  type Xlator,
} from '../../../core/xlator.ts';
import { checkOrder } from '../shared/stack-checks.ts';
import { options } from './options.ts';
import { EarlyListing, OpenBehind, PendingOpen, type ReaddirpReply } from './pending-opens.ts';

type OpenBehindXlator = Xlator<OpenBehind>;

/** Flags of opens that change the file: these opens are not delayed. */
const CHANGING_FLAGS = O_CREAT | O_EXCL | O_TRUNC;

/** Answers an open at once, unless the open changes the file. */
const open: Fop<'open', OpenBehind> = (frame, xl, loc, flags, fd, xdata) => {
  // Other types than regular files are opened at once, too.
  if ((flags & CHANGING_FLAGS) !== 0 || fd.inode.iaType !== IA_IFREG) {
    return tail.open(frame, xl.children[0]!, loc, flags, fd, xdata);
  }
  xl.priv.add(new PendingOpen(frame.root, loc, flags, fd, xdata));
  unwind.open(frame, 0, 0, fd, null);
};

/** Answers the open of a directory at once. */
const opendir: Fop<'opendir', OpenBehind> = (frame, xl, loc, fd, xdata) => {
  xl.priv.add(new PendingOpen(frame.root, loc, 0, fd!, xdata));
  unwind.opendir(frame, 0, 0, fd, null);
};

/** Opens the fop's files below if they are pending, and then winds it; fails it if an open fails. */
function windWhenOpen<N extends FopName>(
  frame: Frame,
  xl: OpenBehindXlator,
  name: N,
  args: FopTable[N]['args'],
  fds: readonly Fd[],
): void {
  const pendingOpen = fds
    .map((fd) => xl.priv.findPending(fd))
    .find((candidate) => candidate !== undefined);
  if (pendingOpen === undefined) tailArgs[name](frame, xl.children[0]!, args);
  else {
    xl.priv.runWhenOpen(pendingOpen, (errno) => {
      if (errno !== 0) fail[name](frame, errno);
      else windWhenOpen(frame, xl, name, args, fds);
    });
  }
}

const readv: Fop<'readv', OpenBehind> = (frame, xl, fd, size, offset, flags, xdata) => {
  const { values } = xl.priv;
  const canReadUnopened = values['use-anonymous-fd'] && !values['read-after-open'];
  if (isReadyToUse(xl, fd, canReadUnopened)) {
    tail.readv(frame, xl.children[0]!, fd, size, offset, flags, xdata);
  } else windWhenOpen(frame, xl, 'readv', [fd, size, offset, flags, xdata], [fd]);
};

const writev: Fop<'writev', OpenBehind> = (frame, xl, fd, vector, offset, flags, xdata) => {
  if (isReadyToUse(xl, fd)) tail.writev(frame, xl.children[0]!, fd, vector, offset, flags, xdata);
  // Keeps a copy: the caller reuses its buffer.
  else windWhenOpen(frame, xl, 'writev', [fd, copyBytes(vector), offset, flags, xdata], [fd]);
};

const fstat: Fop<'fstat', OpenBehind> = (frame, xl, fd, xdata) => {
  if (isReadyToUse(xl, fd, xl.priv.values['use-anonymous-fd'])) {
    tail.fstat(frame, xl.children[0]!, fd, xdata);
  } else windWhenOpen(frame, xl, 'fstat', [fd, xdata], [fd]);
};

const seek: Fop<'seek', OpenBehind> = (frame, xl, fd, offset, whence, xdata) => {
  if (isReadyToUse(xl, fd, xl.priv.values['use-anonymous-fd'])) {
    tail.seek(frame, xl.children[0]!, fd, offset, whence, xdata);
  } else windWhenOpen(frame, xl, 'seek', [fd, offset, whence, xdata], [fd]);
};

/**
 * Lists a directory while it is opened, if the volumes below allow that; the reply waits for both. What fails before
 * the directory is open is asked for again.
 */
const readdirp: Fop<'readdirp', OpenBehind> = (frame, xl, fd, size, offset, xdata) => {
  const { priv } = xl;
  const child = xl.children[0]!;
  const pendingOpen = priv.findPending(fd);
  if (pendingOpen === undefined) return tail.readdirp(frame, child, fd, size, offset, xdata);
  const isEarly =
    pendingOpen.errno === 0 && !pendingOpen.isOpening && xl.below.every(canListUnopened);
  if (!isEarly) return windWhenOpen(frame, xl, 'readdirp', [fd, size, offset, xdata], [fd]);
  const listing = new EarlyListing(fd, size, offset, xdata);
  frame.local = listing;
  priv.runWhenOpen(pendingOpen, (errno) => {
    listing.errno = errno;
    if (listing.reply !== null) endEarlyListing(frame, xl, listing, listing.reply);
  });
  wind.readdirp(frame, 0, earlyReaddirpCbk, child, fd, size, offset, xdata);
};

const earlyReaddirpCbk: Cbk<'readdirp', OpenBehind> = (frame, _cookie, xl, ...reply) => {
  const listing = frame.local as EarlyListing;
  listing.reply = reply;
  if (listing.errno !== null) endEarlyListing(frame, xl, listing, reply);
};

/** Answers a readdirp when the directory is open, or could not be opened. */
function endEarlyListing(
  frame: Frame,
  xl: OpenBehindXlator,
  { errno, fd, size, offset, xdata }: EarlyListing,
  reply: ReaddirpReply,
): void {
  if (errno !== 0) fail.readdirp(frame, errno!);
  else if (reply[0] < 0) tail.readdirp(frame, xl.children[0]!, fd, size, offset, xdata);
  else unwind.readdirp(frame, ...reply);
}

const flush: Fop<'flush', OpenBehind> = (frame, xl, fd, xdata) => {
  const pendingOpen = xl.priv.findPending(fd);
  if (pendingOpen === undefined) return tail.flush(frame, xl.children[0]!, fd, xdata);
  // The file was never opened below, so nothing was written through the fd, and there is nothing to flush.
  if (pendingOpen.errno === 0 && !pendingOpen.isOpening) return unwind.flush(frame, 0, 0, null);
  windWhenOpen(frame, xl, 'flush', [fd, xdata], [fd]);
};

/**
 * Whether a fop may go down now: the fd is open below, or the fop needs no open one.
 * @param allowsAnonymous whether the volume below may serve the fop on an fd that is not open
 */
function isReadyToUse({ priv }: OpenBehindXlator, fd: Fd, allowsAnonymous = false): boolean {
  const pendingOpen = priv.findPending(fd);
  return (
    pendingOpen === undefined ||
    (allowsAnonymous && !fd.isDir && pendingOpen.errno === 0 && !pendingOpen.isOpening)
  );
}

/** The other fops on open files: each opens the file below first, and is wound after that. */
const waitingFops = [
  ...(['fsync', 'ftruncate', 'fgetxattr', 'fsetxattr', 'fremovexattr', 'fxattrop'] as const),
  ...(['fsetattr', 'fallocate', 'discard', 'zerofill', 'lk', 'finodelk', 'fentrylk'] as const),
  ...(['rchecksum', 'copy_file_range', 'readdir', 'fsyncdir'] as const),
] satisfies FopName[];

/** Makes a fop that first opens the files of its fd arguments below. */
function makeOpeningFop(name: FopName): AnyFop {
  const fdIndexes = findFop(name)!.args.flatMap(({ type }, index) =>
    type === 'fd' ? [index] : [],
  );
  return (frame, xl, args) => {
    const fds = fdIndexes.map((index) => args[index] as Fd);
    windWhenOpen(frame, xl as OpenBehindXlator, name, args as never, fds);
  };
}

/**
 * Fops on a path after which an open could fail, or open another file: all pending opens of the inode are made before
 * such a fop is wound. Each number is the index of the loc argument; a rename replaces the file at its second loc.
 */
const locIndexes = {
  unlink: 0,
  rmdir: 0,
  rename: 1,
  setattr: 0,
  setxattr: 0,
  removexattr: 0,
} satisfies Partial<Record<FopName, number>>;

/** Makes a fop on a path that first makes all pending opens of the inode. */
function makeOpeningAllFop(name: keyof typeof locIndexes): AnyFop {
  const locIndex = locIndexes[name];
  return (frame, xl, args) => {
    const { inode } = args[locIndex] as Loc;
    const windFop = (): void => tailArgs[name](frame, xl.children[0]!, args);
    const { priv } = xl as OpenBehindXlator;
    if (priv.hasPending(inode)) priv.runWhenAllOpen(inode, windFop);
    else windFop();
  };
}

const allFops: Fops<OpenBehind> = {
  ...{ open, opendir, readdirp, readv, writev, fstat, seek, flush },
  ...Object.fromEntries(waitingFops.map((name) => [name, collect[name](makeOpeningFop(name))])),
  ...Object.fromEntries(
    (Object.keys(locIndexes) as (keyof typeof locIndexes)[]).map((name) => [
      name,
      collect[name](makeOpeningAllFop(name)),
    ]),
  ),
};

/** Selects the fops. With pass-through, opens are not delayed; the other fops stay if opens may still be pending. */
const selectFops = ({ priv }: OpenBehindXlator): Fops<OpenBehind> => {
  if (!priv.values['pass-through']) return allFops;
  const { open: _open, opendir: _opendir, ...otherFops } = allFops;
  return priv.openCount === 0 ? {} : otherFops;
};

export default defineTranslator<OpenBehind, typeof options>({
  type: 'performance/open-behind',
  description: 'Answers an open at once, and opens the file or directory when it is first used.',
  children: [1, 1],
  options,
  dataPath: { keepsPages: () => true },
  fops: selectFops,
  check: async (xl) => checkOrder(xl),
  init(xl, values) {
    checkOrder(xl);
    return new OpenBehind(xl, values);
  },
  reconfigure(xl, values) {
    xl.priv.values = values;
    if (values['pass-through'] || !values['lazy-open']) xl.priv.windOpensOf(xl.inodes?.all() ?? []);
    xl.exchangeFops(selectFops(xl));
  },
  // A readdirp opens the directory first.
  listsUnopened: true,
  release: (xl, _fd, pendingOpen) => xl.priv.release(pendingOpen as PendingOpen),
  releasedir: (xl, _fd, pendingOpen) => xl.priv.release(pendingOpen as PendingOpen),
  dump: (xl) => xl.priv.dump(),
  reset({ priv }) {
    // `openCount` restarts at the number still pending: by it, `selectFops` decides whether any open may be pending.
    Object.assign(priv, { openCount: priv.dump().pending, lateCount: 0, unusedCount: 0 });
  },
});
