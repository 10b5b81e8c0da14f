/**
 * Scripts of programs' operations on volumes with performance translators, whose requests below are
 * compared.
 */

import { O_RDONLY, O_RDWR, O_TRUNC } from '../../runtime/core/open-flags.ts';
import type { ClientSettings } from './brick-clients.ts';
import type { Script, Step } from './trace-steps.ts';

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
        ['creat', 'A', 'f'],
        ['hold'],
        ...repeatStep(10, (nth) => ['pwrite', 'A', 4096, nth * 4096]),
        ['go'],
        ['fstat', 'A'],
      ],
      'two overlapping writes': [
        ['hold'],
        ['pwrite', 'A', 100, 0],
        ['pwrite', 'A', 100, 50],
        ['go'],
        ['fstat', 'A'],
      ],
      'a read elsewhere': [
        ['hold'],
        ['pwrite', 'A', 100, 0],
        ['start', 'pread', 'A', 10, 20_000],
        ['go'],
        ['join'],
        ['fstat', 'A'],
      ],
      fsync: [
        ['pwrite', 'A', 5, 3],
        ['fsync', 'A'],
      ],
      ftruncate: [
        ['pwrite', 'A', 5, 3],
        ['ftruncate', 'A', 2],
        ['fstat', 'A'],
      ],
      close: [['pwrite', 'A', 5, 0], ['close', 'A'], ['settle']],
    },
  },
  'write-behind without trickling-writes': {
    above: [['performance/write-behind', { 'trickling-writes': 'off' }]],
    parts: {
      'no write is wound': [
        ['creat', 'A', 'f'],
        ...repeatStep(10, (nth) => ['pwrite', 'A', 4096, nth * 4096]),
      ],
      'fstat winds the held write': [['fstat', 'A']],
      'a write elsewhere sends it': [
        ['pwrite', 'A', 100, 0],
        ['pwrite', 'A', 100, 50],
      ],
      'a read elsewhere': [['pread', 'A', 10, 20_000]],
      'a read before the held range': [['pread', 'A', 10, 0]],
      fsync: [
        ['pwrite', 'A', 5, 3],
        ['fsync', 'A'],
      ],
    },
  },
  'write-behind where writes fail': {
    above: ['performance/write-behind'],
    files: { f: 4096 },
    parts: {
      'a write': [
        ['open', 'A', 'f', O_RDWR],
        ['open', 'B', 'f', O_RDWR],
        ['limit', 8192],
        ['pwrite', 'A', 4096, 16_384],
        ['settle'],
      ],
      'a write elsewhere': [['pwrite', 'A', 4096, 4096], ['settle']],
      'a read elsewhere': [['pread', 'A', 10, 0], ['settle']],
      'a read of it': [['pread', 'A', 10, 16_384], ['settle']],
      fstat: [['fstat', 'A'], ['settle']],
      stat: [['stat', 'f'], ['settle']],
      'a write by another fd': [['pwrite', 'B', 10, 16_384], ['settle']],
      fsync: [['fsync', 'A'], ['settle']],
      'fsync again': [['fsync', 'A'], ['settle']],
      'a write again': [['pwrite', 'A', 4096, 16_384], ['settle']],
      'the other is closed': [['close', 'B'], ['settle']],
      close: [['close', 'A'], ['settle']],
      'and where there is room later': [
        ['open', 'A', 'f', O_RDWR],
        ['pwrite', 'A', 4096, 16_384],
        ['settle'],
        ['limit', -1],
        ['fsync', 'A'],
        ['fstat', 'A'],
      ],
    },
  },
  'write-behind and locks': {
    above: ['performance/write-behind'],
    withReplies: true,
    parts: {
      'an unlock': [
        ['creat', 'A', 'f'],
        ['lock', 'A'],
        ['hold'],
        ['pwrite', 'A', 10, 0],
        ['start', 'unlock', 'A'],
        ['go'],
        ['join'],
        ['settle'],
      ],
    },
  },
  'read-ahead': {
    above: ['performance/read-ahead'],
    files: { f: 2 << 20, small: 1000 },
    parts: {
      'a read somewhere': [
        ['open', 'A', 'f', O_RDWR],
        ['pread', 'A', 4096, 700_000],
      ],
      'small reads in sequence': reads(34, 4096),
      'larger ones after them': [...reads(3, PAGE, 34 * 4096), ['fstat', 'A']],
      'pages in sequence': [
        ['close', 'A'],
        ['open', 'A', 'f', O_RDWR],
        ...reads(4, PAGE),
        ['fstat', 'A'],
      ],
      'a small file to its end': [
        ['open', 'A', 'small', O_RDWR],
        ['pread', 'A', 4096, 0],
        ['pread', 'A', 4096, 1000],
        ['fstat', 'A'],
      ],
    },
  },
  'io-cache': {
    above: [['performance/io-cache', { 'cache-timeout': '60' }]],
    files: { f: 500_000, small: 1000 },
    parts: {
      'reads of a page': [
        ['open', 'A', 'f', O_RDWR],
        ['pread', 'A', 4096, 0],
        ['pread', 'A', 4096, 8192],
      ],
      'a read over pages': [['pread', 'A', 300_000, 100_000]],
      'the same again': [['pread', 'A', 300_000, 100_000]],
      'a write, and a read of it': [
        ['pwrite', 'A', 10, 0],
        ['pread', 'A', 4096, 0],
      ],
      'a lock, and a read': [
        ['lock', 'A'],
        ['pread', 'A', 4096, 0],
      ],
      'a small file': [
        ['open', 'B', 'small', O_RDWR],
        ['pread', 'B', 4096, 0],
        ['pread', 'B', 100, 10],
      ],
      'appended data': [
        ['pwrite', 'B', 1000, 1000],
        ['pread', 'B', 4096, 0],
        ['pread', 'B', 4096, 1000],
      ],
    },
  },
  'io-cache without a cache time': {
    above: [['performance/io-cache', { 'cache-timeout': '0' }]],
    files: { f: 500_000 },
    parts: {
      'a read': [
        ['open', 'A', 'f', O_RDWR],
        ['pread', 'A', 4096, 0],
      ],
      'the same again': [['pread', 'A', 4096, 0]],
      'after a write': [
        ['pwrite', 'A', 10, 0],
        ['pread', 'A', 4096, 0],
      ],
    },
  },
  'quick-read': {
    above: [['performance/quick-read', { 'cache-timeout': '600' }]],
    files: { f: 1000 },
    parts: {
      'a read': [
        ['stat', 'f'],
        ['open', 'A', 'f', O_RDWR],
        ['pread', 'A', 4096, 0],
      ],
      'a read at the end': [['pread', 'A', 4096, 1000]],
      'after a write': [
        ['pwrite', 'A', 10, 0],
        ['pread', 'A', 4096, 0],
      ],
      'after a lookup': [
        ['stat', 'f'],
        ['pread', 'A', 4096, 0],
      ],
    },
  },
  'quick-read of expired data': {
    above: [['performance/quick-read', { 'cache-timeout': '0' }]],
    files: { f: 1000 },
    parts: {
      'a read': [
        ['stat', 'f'],
        ['open', 'A', 'f', O_RDONLY],
        ['pread', 'A', 4096, 0],
      ],
    },
  },
  'md-cache': {
    above: [['performance/md-cache', { 'md-cache-timeout': '60' }]],
    files: { f: 1000 },
    parts: {
      stat: [['stat', 'f']],
      'stat again': [['stat', 'f']],
      'open, and fstat': [
        ['open', 'A', 'f', O_RDWR],
        ['fstat', 'A'],
      ],
      'a write, and fstat': [
        ['pwrite', 'A', 10, 1000],
        ['fstat', 'A'],
      ],
      'chmod, and stat': [
        ['chmod', 'f', 0o600],
        ['stat', 'f'],
      ],
      'setxattr, and stat': [
        ['setxattr', 'f', 'user.a', 'value'],
        ['stat', 'f'],
      ],
      'getxattr, twice': [
        ['getxattr', 'f', 'user.a'],
        ['getxattr', 'f', 'user.a'],
      ],
      'getxattr of a cached attribute': [['getxattr', 'f', 'security.capability']],
      'rename, and stat': [
        ['rename', 'f', 'g'],
        ['stat', 'g'],
      ],
    },
  },
  'md-cache without a cache time': {
    above: [['performance/md-cache', { 'md-cache-timeout': '0' }]],
    files: { f: 1000 },
    parts: {
      stat: [['stat', 'f']],
      'stat again': [['stat', 'f']],
    },
  },
  'md-cache over write-behind': {
    above: ['performance/write-behind', ['performance/md-cache', { 'md-cache-timeout': '60' }]],
    parts: {
      'a write, and fstat': [
        ['creat', 'A', 'f'],
        ['pwrite', 'A', 10, 0],
        ['fstat', 'A'],
      ],
      'fstat again': [['fstat', 'A']],
    },
  },
  'nl-cache': {
    above: [['performance/nl-cache', { 'nl-cache-timeout': '60' }]],
    parts: {
      'an absent name': [['stat', 'f']],
      'again, twice': [
        ['stat', 'f'],
        ['stat', 'f'],
      ],
      'its creation': [
        ['creat', 'A', 'f'],
        ['close', 'A'],
        ['stat', 'f'],
      ],
      'and removed': [
        ['unlink', 'f'],
        ['stat', 'f'],
        ['stat', 'f'],
      ],
    },
  },
  'open-behind': {
    above: ['performance/open-behind'],
    files: { a: 10, b: 10, c: 10, d: 10, e: 10, f: 10 },
    parts: {
      'open, and close': [
        ['open', 'A', 'a', O_RDWR],
        ['close', 'A'],
      ],
      'open, fstat, a read, and close': [
        ['open', 'A', 'b', O_RDWR],
        ['fstat', 'A'],
        ['pread', 'A', 10, 0],
        ['close', 'A'],
      ],
      'open, and a write': [
        ['open', 'A', 'c', O_RDWR],
        ['pwrite', 'A', 3, 0],
      ],
      'two opens': [
        ['open', 'A', 'd', O_RDWR],
        ['open', 'B', 'd', O_RDWR],
        ['fstat', 'A'],
      ],
      'open, and chmod': [
        ['open', 'A', 'e', O_RDWR],
        ['chmod', 'e', 0o600],
      ],
      'open with O_TRUNC': [['open', 'A', 'f', O_RDWR | O_TRUNC]],
    },
  },
  'open-behind that is not lazy': {
    above: [['performance/open-behind', { 'lazy-open': 'off' }]],
    files: { f: 10 },
    parts: {
      open: [
        ['open', 'A', 'f', O_RDWR],
        ['fstat', 'A'],
      ],
    },
  },
  'readdir-ahead': {
    above: ['performance/readdir-ahead'],
    names: 1500,
    parts: {
      'a folder': [
        ['opendir', 'D', 'd'],
        ['readdir', 'D'],
        ['closedir', 'D'],
      ],
    },
  },
  'readdir-ahead with little room': {
    above: [['performance/readdir-ahead', { 'rda-cache-limit': '64KB' }]],
    names: 1500,
    parts: {
      'a folder': [
        ['opendir', 'D', 'd'],
        ['readdir', 'D'],
        ['closedir', 'D'],
      ],
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
      'a new file': [
        ['creat', 'A', 'f'],
        ['hold'],
        ['pwrite', 'A', 1000, 0],
        ['sent', 'writev', 1],
        ['pwrite', 'A', 1000, 1000],
        ['pwrite', 'A', 1000, 2000],
        ['go'],
        ['close', 'A'],
        ['settle'],
      ],
      'a read': [
        ['open', 'A', 'f', O_RDONLY],
        ['pread', 'A', 4096, 0],
      ],
      'to its end': [['pread', 'A', 4096, 3000]],
      'the close': [['close', 'A']],
    },
  },
};
