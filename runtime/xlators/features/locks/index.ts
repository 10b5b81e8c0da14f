/**
 * features/locks: grants the locks of a volume: record locks and flock(2) for applications, and inodelk and
 * entrylk in named domains for translators above.
 *
 * `application-fops.ts` and `translator-fops.ts` pass fops to the tables (`record-locks.ts`, `lock-domain.ts`) and
 * reply with the outcome (`lock-outcome.ts`). `volume-locks.ts` holds an inode and its tables (`inode-locks.ts`)
 * while a lock exists or a request waits. A lock's owner is a client and its lk-owner.
 *
 * Source: GlusterFS `xlators/features/locks`; where a local file system differs, see `record-locks.ts`.
 */

import type { Client } from '../../../core/client.ts';
import { declareEffectlessOptions } from '../../../core/effectless-options.ts';
import { EBADF, ENOTCONN, ESTALE } from '../../../core/errno.ts';
import { InitError } from '../../../core/errors.ts';
import { entrylkTypeName, lockTypes } from '../../../core/lock.ts';
import { formatTime, printable } from '../../../core/log.ts';
import type { Fd } from '../../../core/operands.ts';
import { defineOptions } from '../../../core/options.ts';
import { type Dump, defineTranslator, type Xlator } from '../../../core/xlator.ts';
import { fgetxattr, flush, getactivelk, lk, lookup, setactivelk } from './application-fops.ts';
import { readLkOwner } from './flock.ts';
import type { DomainLocks, EntryClaim, Holder, InodeClaim, InodeLocks } from './inode-locks.ts';
import type { RecordLocks } from './record-locks.ts';
import { domainFops } from './translator-fops.ts';
import { VolumeLocks } from './volume-locks.ts';

/** Most characters of names and texts: a statedump is an extended attribute, of at most 64 KiB. */
const MAX_TEXT_CHARS = 40_000;

/** The kinds of locks, with GlusterFS's names. */
type Family = 'posixlk' | 'flock' | 'inodelk' | 'entrylk';

/** A lock, or a waiting request, in the statedump. */
interface LockLine {
  readonly family: Family;
  readonly isActive: boolean;
  readonly text: string;
}

/**
 * Formats the lock table for a statedump: GlusterFS's keys for each inode, with the prefix `inode[N].` as
 * all inodes share one list. Locks of flock(2) have a section of their own.
 *
 * Source: GlusterFS `xlators/features/locks/src/posix.c` (pl_dump_inode_priv), `common.h`.
 */
function dumpLocks(inodes: Iterable<InodeLocks>): Dump {
  const counts = { posixlk: 0, flock: 0, inodelk: 0, entrylk: 0 };
  const lines: Dump = {};
  let [inodeCount, blocked, omitted, remainingChars] = [0, 0, 0, MAX_TEXT_CHARS];
  for (const inodeLocks of inodes) {
    const prefix = `inode[${inodeCount}]`;
    const path = inodeLocks.inode.path;
    for (const [name, { family, isActive, text }] of formatInodeLocks(inodeLocks)) {
      counts[family] += 1;
      if (!isActive) blocked += 1;
      remainingChars -= prefix.length + name.length + text.length + path.length;
      if (remainingChars < 0) omitted += 1;
      else {
        lines[`${prefix}.path`] = path;
        lines[`${prefix}.${name}`] = text;
      }
    }
    inodeCount += 1;
  }
  const totals = Object.entries(counts).map(([family, count]) => [`${family}-count`, count]);
  const omittedEntry = omitted > 0 ? { 'not-shown': omitted } : {};
  return { inodes: inodeCount, ...Object.fromEntries(totals), blocked, ...omittedEntry, ...lines };
}

/** Yields the lines of one inode, each with its key. */
function* formatInodeLocks({
  records,
  flocks,
  domains,
}: InodeLocks): Generator<[string, LockLine]> {
  yield* numberLines('posixlk', formatRecords('posixlk', records));
  yield* numberLines('flock', formatRecords('flock', flocks));
  for (const [domain, domainLocks] of domains) {
    const section = `domain.${printable(domain)}`;
    yield* numberLines(section, formatInodelks(domainLocks));
    yield* numberLines(section, formatEntrylks(domainLocks));
  }
}

/** Yields each line with its key in the statedump, which has its number in the section. */
function* numberLines(section: string, lines: readonly LockLine[]): Generator<[string, LockLine]> {
  for (const [index, line] of lines.entries()) {
    const state = line.isActive ? 'ACTIVE' : 'BLOCKED';
    yield [`${section}.${line.family}[${index}](${state})`, line];
  }
}

const formatRecords = (family: 'posixlk' | 'flock', table: RecordLocks<Holder>): LockLine[] => [
  ...[...table.active].map((range) => ({ family, isActive: true, text: formatRange(range) })),
  ...[...table.blocked].map(({ range }) => ({ family, isActive: false, text: formatRange(range) })),
];

const formatClaims = <C>(
  family: 'inodelk' | 'entrylk',
  granted: readonly C[],
  blocked: readonly C[],
  format: (claim: C) => string,
): LockLine[] => [
  ...granted.map((claim) => ({ family, isActive: true, text: format(claim) })),
  ...blocked.map((claim) => ({ family, isActive: false, text: format(claim) })),
];

const formatInodelks = ({ inodelks }: DomainLocks): LockLine[] =>
  formatClaims('inodelk', inodelks.granted, inodelks.blocked, formatRange);

const formatEntrylks = ({ entrylks }: DomainLocks): LockLine[] =>
  formatClaims('entrylk', entrylks.granted, entrylks.blocked, formatEntry);

function formatRange({ type, start, end, owner, holder }: InodeClaim): string {
  const len = end === Infinity ? 0 : end - start;
  return `type=${lockTypes.get(type)}, whence=0, start=${start}, len=${len}, ${formatHolder(owner, holder)}`;
}

function formatEntry({ type, basename, owner, holder }: EntryClaim): string {
  return `type=${entrylkTypeName(type)} on basename=${basename ?? '(null)'}, ${formatHolder(owner, holder)}`;
}

function formatHolder(owner: string, { pid, blockedAt, grantedAt }: Holder): string {
  const times = [
    ...(blockedAt === null ? [] : [`blocked at ${formatSeconds(blockedAt)}`]),
    ...(grantedAt === null ? [] : [`granted at ${formatSeconds(grantedAt)}`]),
  ];
  return [`pid=${pid}`, `owner=${readLkOwner(owner)}`, ...times].join(', ');
}

/** Formats a time to the second. */
const formatSeconds = (time: number): string =>
  formatTime(time).slice(0, 'YYYY-MM-DD HH:MM:SS'.length);

const options = defineOptions({
  // With GlusterFS's defaults.
  ...declareEffectlessOptions({
    'notify-contention': true,
    'notify-contention-delay': 5,
    'revocation-secs': 0,
    'revocation-clear-all': false,
    'revocation-max-blocked': 0,
    'lock-heal': false,
    'grace-timeout': null,
  }),
  trace: {
    type: 'bool',
    default: false,
    description: 'Logs every lock request and its outcome.',
    reconfigurable: true,
  },
  'mandatory-locking': {
    type: 'str',
    values: ['off'],
    default: 'off',
    description: 'Locks bind only programs that lock; others may still read and write.',
  },
  'enforce-mandatory-lock': {
    type: 'bool',
    default: false,
    description:
      'Off: GlusterFS can also refuse reads and writes that ignore the locks of marked files.',
  },
});

/** Refuses mandatory locks, which would also bind requests without locks. @throws {InitError} */
function failIfMandatory(values: { readonly 'enforce-mandatory-lock': boolean }): void {
  if (!values['enforce-mandatory-lock']) return;
  throw new InitError(
    "option 'enforce-mandatory-lock' is on, but glossa's locks only bind programs that lock: " +
      'switch it off in the volume',
  );
}

/** Releases the locks of an fd whose last descriptor is closed. */
function releaseFd(xl: Xlator<VolumeLocks>, fd: Fd): void {
  const locks = xl.priv.find(fd.inode);
  if (locks === undefined) return;
  locks.dropFd(fd.id, EBADF);
  xl.priv.updateHold(locks);
}

/** Releases the locks of a client that has disconnected; its waiting requests fail with ENOTCONN. */
function releaseClient(xl: Xlator<VolumeLocks>, client: Client): void {
  if (client.ctxGet(xl) !== undefined) xl.priv.dropClient(client, ENOTCONN);
}

export default defineTranslator<VolumeLocks, typeof options>({
  type: 'features/locks',
  description: 'Locks of applications (fcntl, flock) and of translators (inodelk, entrylk).',
  children: [1, 1],
  options,
  fops: { lookup, lk, flush, fgetxattr, getactivelk, setactivelk, ...domainFops },
  async check(_xl, values) {
    failIfMandatory(values);
  },
  init(_xl, values) {
    failIfMandatory(values);
    return new VolumeLocks(values.trace);
  },
  reconfigure(xl, values) {
    xl.priv.isTracing = values.trace;
  },
  succeed(xl, predecessor) {
    const { isTracing } = xl.priv;
    xl.priv = predecessor.priv;
    xl.priv.isTracing = isTracing;
  },
  holds: ({ priv }) => ([...priv].length === 0 ? null : 'locks'),
  release: releaseFd,
  releasedir: releaseFd,
  clientDisconnect: releaseClient,
  // A late request may have locked again after the disconnect.
  clientDestroy: (xl, client) => xl.priv.dropClient(client, ENOTCONN),
  fini: (xl) => xl.priv.cancelAll(ESTALE),
  dump: (xl) => dumpLocks(xl.priv),
});
