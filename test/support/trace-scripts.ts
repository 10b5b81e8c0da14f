/**
 * Scripts of programs' operations on volumes with performance translators, whose requests below are
 * compared.
 */

import { O_RDWR } from '../../runtime/core/open-flags.ts';
import type { ClientSettings } from './brick-clients.ts';
import type { Script, Step } from './trace-steps.ts';
import { steps } from './trace-steps.ts';

export interface Trace {
  /** Translators of performance/, the lowest first. */
  readonly above: NonNullable<ClientSettings['above']>;
  /** Files that are there before, by how large they are. */
  readonly files?: Readonly<Record<string, number>>;
  /** A folder `d` is there, with so many files. */
  readonly names?: number;
  /** When requests are answered matters. */
  readonly withReplies?: boolean;
  readonly parts: Script;
}

const PAGE = 131_072;

const repeatStep = (count: number, step: (nth: number) => Step): Step[] =>
  Array.from({ length: count }, (_, nth) => step(nth));
const reads = (count: number, size: number, from = 0): Step[] =>
  repeatStep(count, (nth) => ['pread', 'A', size, from + nth * size]);

/** Traces by their subject. */
export const traces: Readonly<Record<string, Trace>> = {
  'write-behind': {
    above: ['performance/write-behind'],
    parts: {
      'the first write is wound, later ones are merged': [
        ...steps('creat A f; hold'),
        ...repeatStep(10, (nth) => ['pwrite', 'A', 4096, nth * 4096]),
        ...steps('go; fstat A'),
      ],
      'two overlapping writes': steps('hold; pwrite A 100 0; pwrite A 100 50; go; fstat A'),
      'a read elsewhere': steps('hold; pwrite A 100 0; start pread A 10 20000; go; join; fstat A'),
      fsync: steps('pwrite A 5 3; fsync A'),
      ftruncate: steps('pwrite A 5 3; ftruncate A 2; fstat A'),
      close: steps('pwrite A 5 0; close A; settle'),
    },
  },
  'write-behind without trickling-writes': {
    above: [['performance/write-behind', { 'trickling-writes': 'off' }]],
    parts: {
      'no write is wound': [
        ['creat', 'A', 'f'],
        ...repeatStep(10, (nth) => ['pwrite', 'A', 4096, nth * 4096]),
      ],
      'fstat winds the held write': steps('fstat A'),
      'a write elsewhere sends it': steps('pwrite A 100 0; pwrite A 100 50'),
      'a read elsewhere': steps('pread A 10 20000'),
      'a read before the held range': steps('pread A 10 0'),
      fsync: steps('pwrite A 5 3; fsync A'),
    },
  },
  'write-behind where writes fail': {
    above: ['performance/write-behind'],
    files: { f: 4096 },
    parts: {
      'a write': steps('open A f RDWR; open B f RDWR; limit 8192; pwrite A 4096 16384; settle'),
      'a write elsewhere': steps('pwrite A 4096 4096; settle'),
      'a read elsewhere': steps('pread A 10 0; settle'),
      'a read of it': steps('pread A 10 16384; settle'),
      fstat: steps('fstat A; settle'),
      stat: steps('stat f; settle'),
      'a write by another fd': steps('pwrite B 10 16384; settle'),
      fsync: steps('fsync A; settle'),
      'fsync again': steps('fsync A; settle'),
      'a write again': steps('pwrite A 4096 16384; settle'),
      'the other is closed': steps('close B; settle'),
      close: steps('close A; settle'),
      'and where there is room later': steps(
        'open A f RDWR; pwrite A 4096 16384; settle; limit -1; fsync A; fstat A',
      ),
    },
  },
  'write-behind and locks': {
    above: ['performance/write-behind'],
    withReplies: true,
    parts: {
      'an unlock': steps(
        'creat A f; lock A; hold; pwrite A 10 0; start unlock A; go; join; settle',
      ),
    },
  },
  'read-ahead': {
    above: ['performance/read-ahead'],
    files: { f: 2 << 20, small: 1000 },
    parts: {
      'a read somewhere': steps('open A f RDWR; pread A 4096 700000'),
      'small reads in sequence': reads(34, 4096),
      'larger ones after them': [...reads(3, PAGE, 34 * 4096), ['fstat', 'A']],
      'pages in sequence': [
        ['close', 'A'],
        ['open', 'A', 'f', O_RDWR],
        ...reads(4, PAGE),
        ['fstat', 'A'],
      ],
      'a small file to its end': steps(
        'open A small RDWR; pread A 4096 0; pread A 4096 1000; fstat A',
      ),
    },
  },
  'io-cache': {
    above: [['performance/io-cache', { 'cache-timeout': '60' }]],
    files: { f: 500_000, small: 1000 },
    parts: {
      'reads of a page': steps('open A f RDWR; pread A 4096 0; pread A 4096 8192'),
      'a read over pages': steps('pread A 300000 100000'),
      'the same again': steps('pread A 300000 100000'),
      'a write, and a read of it': steps('pwrite A 10 0; pread A 4096 0'),
      'a lock, and a read': steps('lock A; pread A 4096 0'),
      'a small file': steps('open B small RDWR; pread B 4096 0; pread B 100 10'),
      'appended data': steps('pwrite B 1000 1000; pread B 4096 0; pread B 4096 1000'),
    },
  },
  'io-cache without a cache time': {
    above: [['performance/io-cache', { 'cache-timeout': '0' }]],
    files: { f: 500_000 },
    parts: {
      'a read': steps('open A f RDWR; pread A 4096 0'),
      'the same again': steps('pread A 4096 0'),
      'after a write': steps('pwrite A 10 0; pread A 4096 0'),
    },
  },
  'quick-read': {
    above: [['performance/quick-read', { 'cache-timeout': '600' }]],
    files: { f: 1000 },
    parts: {
      'a read': steps('stat f; open A f RDWR; pread A 4096 0'),
      'a read at the end': steps('pread A 4096 1000'),
      'after a write': steps('pwrite A 10 0; pread A 4096 0'),
      'after a lookup': steps('stat f; pread A 4096 0'),
    },
  },
  'quick-read of expired data': {
    above: [['performance/quick-read', { 'cache-timeout': '0' }]],
    files: { f: 1000 },
    parts: {
      'a read': steps('stat f; open A f RDONLY; pread A 4096 0'),
    },
  },
  'md-cache': {
    above: [['performance/md-cache', { 'md-cache-timeout': '60' }]],
    files: { f: 1000 },
    parts: {
      stat: steps('stat f'),
      'stat again': steps('stat f'),
      'open, and fstat': steps('open A f RDWR; fstat A'),
      'a write, and fstat': steps('pwrite A 10 1000; fstat A'),
      'chmod, and stat': steps('chmod f 0o600; stat f'),
      'setxattr, and stat': steps('setxattr f user.a value; stat f'),
      'getxattr, twice': steps('getxattr f user.a; getxattr f user.a'),
      'getxattr of a cached attribute': steps('getxattr f security.capability'),
      'rename, and stat': steps('rename f g; stat g'),
    },
  },
  'md-cache without a cache time': {
    above: [['performance/md-cache', { 'md-cache-timeout': '0' }]],
    files: { f: 1000 },
    parts: {
      stat: steps('stat f'),
      'stat again': steps('stat f'),
    },
  },
  'md-cache over write-behind': {
    above: ['performance/write-behind', ['performance/md-cache', { 'md-cache-timeout': '60' }]],
    parts: {
      'a write, and fstat': steps('creat A f; pwrite A 10 0; fstat A'),
      'fstat again': steps('fstat A'),
    },
  },
  'nl-cache': {
    above: [['performance/nl-cache', { 'nl-cache-timeout': '60' }]],
    parts: {
      'an absent name': steps('stat f'),
      'again, twice': steps('stat f; stat f'),
      'its creation': steps('creat A f; close A; stat f'),
      'and removed': steps('unlink f; stat f; stat f'),
    },
  },
  'open-behind': {
    above: ['performance/open-behind'],
    files: { a: 10, b: 10, c: 10, d: 10, e: 10, f: 10 },
    parts: {
      'open, and close': steps('open A a RDWR; close A'),
      'open, fstat, a read, and close': steps('open A b RDWR; fstat A; pread A 10 0; close A'),
      'open, and a write': steps('open A c RDWR; pwrite A 3 0'),
      'two opens': steps('open A d RDWR; open B d RDWR; fstat A'),
      'open, and chmod': steps('open A e RDWR; chmod e 0o600'),
      'open with O_TRUNC': steps('open A f RDWR|TRUNC'),
    },
  },
  'open-behind that is not lazy': {
    above: [['performance/open-behind', { 'lazy-open': 'off' }]],
    files: { f: 10 },
    parts: {
      open: steps('open A f RDWR; fstat A'),
    },
  },
  'readdir-ahead': {
    above: ['performance/readdir-ahead'],
    names: 1500,
    parts: {
      'a folder': steps('opendir D d; readdir D; closedir D'),
    },
  },
  'readdir-ahead with little room': {
    above: [['performance/readdir-ahead', { 'rda-cache-limit': '64KB' }]],
    names: 1500,
    parts: {
      'a folder': steps('opendir D d; readdir D; closedir D'),
    },
  },
  "glusterd's default translators": {
    above: [
      'performance/write-behind',
      'performance/open-behind',
      ['performance/quick-read', { 'cache-timeout': '60' }],
      ['performance/md-cache', { 'md-cache-timeout': '60' }],
      'performance/io-threads',
    ],
    parts: {
      'a new file': steps(
        'creat A f; hold; pwrite A 1000 0; sent writev 1; pwrite A 1000 1000; pwrite A 1000 2000; go; close A; settle',
      ),
      'a read': steps('open A f RDONLY; pread A 4096 0'),
      'to its end': steps('pread A 4096 3000'),
      'the close': steps('close A'),
    },
  },
};
