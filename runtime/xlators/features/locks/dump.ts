/**
 * Formats the lock table for a statedump: GlusterFS's keys for each inode, with the prefix `inode[N].` as
 * all inodes share one list. Locks of flock(2) have a section of their own.
 *
 * Source: GlusterFS `xlators/features/locks/src/posix.c` (pl_dump_inode_priv), `common.h`.
 */
import { entrylkTypeName, lockTypes } from '../../../core/lock.ts';
import { formatTime, printable } from '../../../core/log.ts';
import type { Dump } from '../../../core/xlator.ts';
import { lkOwnerOf } from './flock.ts';
import type { DomainLocks, EntryClaim, Holder, InodeClaim, InodeLocks } from './inode-locks.ts';
import type { RecordLocks } from './records.ts';

/** Most characters of names and texts: a statedump is an extended attribute, of at most 64 KiB. */
const ROOM = 40_000;

type Family = 'posixlk' | 'flock' | 'inodelk' | 'entrylk';

interface Line {
  readonly family: Family;
  readonly isActive: boolean;
  readonly text: string;
}

/** Returns counts, then each inode's path and locks as far as there is room. */
export function dumpLocks(inodes: Iterable<InodeLocks>): Dump {
  const counts = { posixlk: 0, flock: 0, inodelk: 0, entrylk: 0 };
  const shown: Dump = {};
  let [number, blocked, left, room] = [0, 0, 0, ROOM];
  for (const locks of inodes) {
    const prefix = `inode[${number}]`;
    const path = locks.inode.path;
    for (const [name, { family, isActive, text }] of linesOf(locks)) {
      counts[family] += 1;
      if (!isActive) blocked += 1;
      room -= prefix.length + name.length + text.length + path.length;
      if (room < 0) left += 1;
      else {
        shown[`${prefix}.path`] = path;
        shown[`${prefix}.${name}`] = text;
      }
    }
    number += 1;
  }
  const totals = Object.entries(counts).map(([family, count]) => [`${family}-count`, count]);
  const rest = left > 0 ? { 'not-shown': left } : {};
  return { inodes: number, ...Object.fromEntries(totals), blocked, ...rest, ...shown };
}

function* linesOf({ records, flocks, domains }: InodeLocks): Generator<[string, Line]> {
  yield* named('posixlk', recordLines('posixlk', records));
  yield* named('flock', recordLines('flock', flocks));
  for (const [domain, locks] of domains) {
    const section = `domain.${printable(domain)}`;
    yield* named(section, inodelkLines(locks));
    yield* named(section, entrylkLines(locks));
  }
}

function* named(section: string, lines: readonly Line[]): Generator<[string, Line]> {
  for (const [count, line] of lines.entries()) {
    const state = line.isActive ? 'ACTIVE' : 'BLOCKED';
    yield [`${section}.${line.family}[${count}](${state})`, line];
  }
}

const recordLines = (family: 'posixlk' | 'flock', table: RecordLocks<Holder>): Line[] => [
  ...[...table.active].map((range) => ({ family, isActive: true, text: rangeText(range) })),
  ...[...table.blocked].map(({ range }) => ({ family, isActive: false, text: rangeText(range) })),
];

const claimLines = <C>(
  family: 'inodelk' | 'entrylk',
  granted: readonly C[],
  blocked: readonly C[],
  text: (claim: C) => string,
): Line[] => [
  ...granted.map((claim) => ({ family, isActive: true, text: text(claim) })),
  ...blocked.map((claim) => ({ family, isActive: false, text: text(claim) })),
];

const inodelkLines = ({ inodelks }: DomainLocks): Line[] =>
  claimLines('inodelk', inodelks.granted, inodelks.blocked, rangeText);

const entrylkLines = ({ entrylks }: DomainLocks): Line[] =>
  claimLines('entrylk', entrylks.granted, entrylks.blocked, entryText);

function rangeText({ type, start, end, owner, note }: InodeClaim): string {
  const len = end === Infinity ? 0 : end - start;
  return `type=${lockTypes.get(type)}, whence=0, start=${start}, len=${len}, ${holderText(owner, note)}`;
}

function entryText({ type, basename, owner, note }: EntryClaim): string {
  return `type=${entrylkTypeName(type)} on basename=${basename ?? '(null)'}, ${holderText(owner, note)}`;
}

function holderText(owner: string, { pid, blockedAt, grantedAt }: Holder): string {
  const times = [
    ...(blockedAt === null ? [] : [`blocked at ${timeText(blockedAt)}`]),
    ...(grantedAt === null ? [] : [`granted at ${timeText(grantedAt)}`]),
  ];
  return [`pid=${pid}`, `owner=${lkOwnerOf(owner)}`, ...times].join(', ');
}

/** To the second. */
const timeText = (time: number): string => formatTime(time).slice(0, 'YYYY-MM-DD HH:MM:SS'.length);
