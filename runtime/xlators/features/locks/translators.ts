/** The fops for locks of translators in named domains: inodelk and entrylk, by path and by fd. */
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
import type { Claim, Domain } from './domain.ts';
import { isAnonymous, ownerOf, spanOf } from './flock.ts';
import type { Holder, InodeLocks } from './inode-locks.ts';
import type { Locks } from './locks.ts';
import { Outcome } from './outcome.ts';
import type { LockType, Span } from './ranges.ts';
import type { Settle } from './records.ts';
import { entryText, rangeText, type Trace, traceRequest } from './trace.ts';

type Name = 'inodelk' | 'finodelk' | 'entrylk' | 'fentrylk';

interface ClaimRequest<C> {
  readonly locks: InodeLocks;
  readonly domain: Domain<C & Claim>;
  readonly claim: (note: Holder) => C & Claim;
  readonly unlocks: boolean;
  readonly mayWait: boolean;
  readonly trace: Trace;
  readonly answer: Settle;
}

const answering =
  (name: Name, frame: Frame): Settle =>
  (errno) => {
    if (errno === 0) unwind[name](frame, 0, 0, null);
    else fail[name](frame, errno);
  };

function lockOrUnlock<C>(frame: Frame, xl: Xlator<Locks>, asked: ClaimRequest<C>): void {
  const { locks, domain, claim, unlocks, mayWait, trace, answer } = asked;
  const outcome = new Outcome(xl, frame, locks, trace, { pid: frame.root.pid, fd: 0, answer });
  if (unlocks) {
    outcome.settle(domain.unlock(claim(outcome.holder)) ? 0 : EINVAL);
    return;
  }
  const cancel = domain.lock(claim(outcome.holder), mayWait, outcome.settle);
  if (cancel !== null) outcome.waits(locks, cancel);
}

interface RangeRequest {
  readonly name: 'inodelk' | 'finodelk';
  readonly volume: string;
  readonly inode: Inode;
  readonly cmd: number;
  readonly flock: Flock;
}

function lockRange(frame: Frame, xl: Xlator<Locks>, request: RangeRequest): void {
  const { name, volume, inode, cmd, flock } = request;
  const owner = ownerOf(frame.root);
  const span = spanOfRequest(frame.root.lkOwner, request);
  if (typeof span === 'number') {
    fail[name](frame, span);
    return;
  }
  const locks = xl.priv.of(inode);
  const text = (): string => `${rangeText('INODELK', cmd, flock)}, domain: ${volume}`;
  lockOrUnlock(frame, xl, {
    locks,
    domain: locks.domain(volume).inodelks,
    claim: (note) => ({ ...span, owner, type: flock.type as LockType, note }),
    unlocks: flock.type === F_UNLCK,
    mayWait: cmd === F_SETLKW,
    trace: traceRequest(xl, frame, inode, text),
    answer: answering(name, frame),
  });
}

/**
 * Returns the range of a request, or an errno. The range may begin past the largest file: GlusterFS's
 * replicate locks a file's attributes there.
 */
function spanOfRequest(lkOwner: string, { cmd, flock }: RangeRequest): Span | number {
  if (cmd !== F_SETLK && cmd !== F_SETLKW) return EOPNOTSUPP;
  return isAnonymous(lkOwner) || flock.len < 0 ? EINVAL : spanOf(flock, Infinity);
}

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

function lockEntry(frame: Frame, xl: Xlator<Locks>, request: EntryRequest): void {
  const { name, volume, inode, basename, cmd, type } = request;
  const owner = ownerOf(frame.root);
  const isType = type === ENTRYLK_RDLCK || type === ENTRYLK_WRLCK;
  if (!ENTRY_COMMANDS.has(cmd) || !isType || isAnonymous(frame.root.lkOwner)) {
    fail[name](frame, EINVAL);
    return;
  }
  const locks = xl.priv.of(inode);
  lockOrUnlock(frame, xl, {
    locks,
    domain: locks.domain(volume).entrylks,
    claim: (note) => ({ owner, basename, type, note }),
    unlocks: cmd === ENTRYLK_UNLOCK,
    mayWait: cmd === ENTRYLK_LOCK,
    trace: traceRequest(xl, frame, inode, () => entryText(cmd, type, basename, volume)),
    answer: answering(name, frame),
  });
}

const inodelk: Fop<'inodelk', Locks> = (frame, xl, volume, { inode }, cmd, flock) => {
  if (inode === null) fail.inodelk(frame, EINVAL);
  else lockRange(frame, xl, { name: 'inodelk', volume, inode, cmd, flock });
};

const finodelk: Fop<'finodelk', Locks> = (frame, xl, volume, { inode }, cmd, flock) =>
  lockRange(frame, xl, { name: 'finodelk', volume, inode, cmd, flock });

const entrylk: Fop<'entrylk', Locks> = (frame, xl, volume, { inode }, basename, cmd, type) => {
  if (inode === null) fail.entrylk(frame, EINVAL);
  else lockEntry(frame, xl, { name: 'entrylk', volume, inode, basename, cmd, type });
};

const fentrylk: Fop<'fentrylk', Locks> = (frame, xl, volume, { inode }, basename, cmd, type) =>
  lockEntry(frame, xl, { name: 'fentrylk', volume, inode, basename, cmd, type });

export const domainFops: Fops<Locks> = { inodelk, finodelk, entrylk, fentrylk };
