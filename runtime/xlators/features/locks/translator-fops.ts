/**
 * Implements the fops for locks of translators in named domains: inodelk and entrylk, by path and by fd. The fops'
 * argument `volume` is the domain's name.
 */
import { EINVAL, EOPNOTSUPP } from '../../../core/errno.ts';
import type { Frame } from '../../../core/frame.ts';
import { fail, unwind } from '../../../core/gen/fops.gen.ts';
import type { Inode } from '../../../core/inode.ts';
import {
  ENTRYLK_LOCK,
  ENTRYLK_LOCK_NB,
  ENTRYLK_RDLCK,
  ENTRYLK_UNLOCK,
  ENTRYLK_WRLCK,
  F_SETLK,
  F_SETLKW,
  F_UNLCK,
  type Flock,
} from '../../../core/lock.ts';
import type { Fop, Fops, Xlator } from '../../../core/xlator.ts';
import { isAnonymous, makeRequestOwner, readSpan } from './flock.ts';
import type { Holder, InodeLocks } from './inode-locks.ts';
import type { Claim, LockDomain } from './lock-domain.ts';
import { LockOutcome } from './lock-outcome.ts';
import type { LockType, Span } from './ranges.ts';
import type { Settle } from './record-locks.ts';
import { formatEntryLock, formatRangeLock, logRequest, type OutcomeLogger } from './request-log.ts';
import type { VolumeLocks } from './volume-locks.ts';

type LockFopName = 'inodelk' | 'finodelk' | 'entrylk' | 'fentrylk';

/** A request to lock or unlock in a domain. */
interface ClaimRequest<C> {
  readonly inodeLocks: InodeLocks;
  readonly domain: LockDomain<C & Claim>;
  readonly makeClaim: (holder: Holder) => C & Claim;
  readonly isUnlock: boolean;
  readonly mayWait: boolean;
  readonly logOutcome: OutcomeLogger;
  readonly reply: Settle;
}

/** Makes the function that replies to a request with 0 or an errno. */
const makeReply =
  (name: LockFopName, frame: Frame): Settle =>
  (errno) => {
    if (errno === 0) unwind[name](frame, 0, 0, null);
    else fail[name](frame, errno);
  };

/** Locks or unlocks in a domain, and replies with the outcome. */
function lockOrUnlock<C>(frame: Frame, xl: Xlator<VolumeLocks>, request: ClaimRequest<C>): void {
  const { inodeLocks, domain, makeClaim, isUnlock, mayWait, logOutcome, reply } = request;
  const outcome = new LockOutcome(xl, frame, inodeLocks, logOutcome, {
    pid: frame.root.pid,
    fd: 0,
    reply,
  });
  if (isUnlock) {
    outcome.settle(domain.unlock(makeClaim(outcome.holder)) ? 0 : EINVAL);
    return;
  }
  const cancel = domain.lock(makeClaim(outcome.holder), mayWait, outcome.settle);
  if (cancel !== null) outcome.waitUntilSettled(inodeLocks, cancel);
}

/** The arguments of an inodelk or finodelk. */
interface RangeRequest {
  readonly name: 'inodelk' | 'finodelk';
  readonly volume: string;
  readonly inode: Inode;
  readonly cmd: number;
  readonly flock: Flock;
}

/** Serves an inodelk: locks or unlocks a range of an inode. */
function lockRange(frame: Frame, xl: Xlator<VolumeLocks>, request: RangeRequest): void {
  const { name, volume, inode, cmd, flock } = request;
  const owner = makeRequestOwner(frame.root);
  const span = readRequestSpan(frame.root.lkOwner, request);
  if (typeof span === 'number') {
    fail[name](frame, span);
    return;
  }
  const inodeLocks = xl.priv.findOrMake(inode);
  const formatLock = (): string => `${formatRangeLock('INODELK', cmd, flock)}, domain: ${volume}`;
  lockOrUnlock(frame, xl, {
    inodeLocks,
    domain: inodeLocks.findOrAddDomain(volume).inodelks,
    makeClaim: (holder) => ({ ...span, owner, type: flock.type as LockType, holder }),
    isUnlock: flock.type === F_UNLCK,
    mayWait: cmd === F_SETLKW,
    logOutcome: logRequest(xl, frame, inode, formatLock),
    reply: makeReply(name, frame),
  });
}

/**
 * Returns the range of a request, or an errno. The range may begin past the largest file: GlusterFS's
 * replicate locks a file's attributes there.
 */
function readRequestSpan(lkOwner: string, { cmd, flock }: RangeRequest): Span | number {
  if (cmd !== F_SETLK && cmd !== F_SETLKW) return EOPNOTSUPP;
  return isAnonymous(lkOwner) || flock.len < 0 ? EINVAL : readSpan(flock, Infinity);
}

/** The arguments of an entrylk or fentrylk. */
interface EntryRequest {
  readonly name: 'entrylk' | 'fentrylk';
  readonly volume: string;
  readonly inode: Inode;
  readonly basename: string | null;
  readonly cmd: number;
  readonly type: number;
}

const ENTRY_COMMANDS: ReadonlySet<number> = new Set([
  ENTRYLK_LOCK,
  ENTRYLK_UNLOCK,
  ENTRYLK_LOCK_NB,
]);

/** Serves an entrylk: locks or unlocks a name in a directory, or all names. */
function lockEntry(frame: Frame, xl: Xlator<VolumeLocks>, request: EntryRequest): void {
  const { name, volume, inode, basename, cmd, type } = request;
  const owner = makeRequestOwner(frame.root);
  const isTypeKnown = type === ENTRYLK_RDLCK || type === ENTRYLK_WRLCK;
  if (!ENTRY_COMMANDS.has(cmd) || !isTypeKnown || isAnonymous(frame.root.lkOwner)) {
    fail[name](frame, EINVAL);
    return;
  }
  const inodeLocks = xl.priv.findOrMake(inode);
  lockOrUnlock(frame, xl, {
    inodeLocks,
    domain: inodeLocks.findOrAddDomain(volume).entrylks,
    makeClaim: (holder) => ({ owner, basename, type, holder }),
    isUnlock: cmd === ENTRYLK_UNLOCK,
    mayWait: cmd === ENTRYLK_LOCK,
    logOutcome: logRequest(xl, frame, inode, () => formatEntryLock(cmd, type, basename, volume)),
    reply: makeReply(name, frame),
  });
}

const inodelk: Fop<'inodelk', VolumeLocks> = (frame, xl, volume, { inode }, cmd, flock) => {
  if (inode === null) fail.inodelk(frame, EINVAL);
  else lockRange(frame, xl, { name: 'inodelk', volume, inode, cmd, flock });
};

const finodelk: Fop<'finodelk', VolumeLocks> = (frame, xl, volume, { inode }, cmd, flock) =>
  lockRange(frame, xl, { name: 'finodelk', volume, inode, cmd, flock });

const entrylk: Fop<'entrylk', VolumeLocks> = (
  frame,
  xl,
  volume,
  { inode },
  basename,
  cmd,
  type,
) => {
  if (inode === null) fail.entrylk(frame, EINVAL);
  else lockEntry(frame, xl, { name: 'entrylk', volume, inode, basename, cmd, type });
};

const fentrylk: Fop<'fentrylk', VolumeLocks> = (
  frame,
  xl,
  volume,
  { inode },
  basename,
  cmd,
  type,
) => lockEntry(frame, xl, { name: 'fentrylk', volume, inode, basename, cmd, type });

export const domainFops: Fops<VolumeLocks> = { inodelk, finodelk, entrylk, fentrylk };
