/** Reloads of a module that changes data: caches above must not serve replies of the old code. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import glupy from '../../bridges/glupy.ts';
import type { Translator } from '../../runtime/core/xlator.ts';
import {
  anyCaches,
  anyOperations,
  beginning,
  disk,
  makeCacheRows,
  type Operation,
  ProgramOnGraph,
  type Row,
} from '../support/changed-data.ts';
import { makeFolder } from '../support/folder.ts';

type Half = 'both' | 'reads' | 'writes';

/** Turns letters by so many places, in both directions or in one. */
const module = (by: number, half: Half): string => `
import { Translator } from 'glossa';
function turn(bytes, by) {
  for (let at = 0; at < bytes.length; at += 1) {
    if (bytes[at] >= 97 && bytes[at] <= 122) bytes[at] = 97 + ((bytes[at] - 97 + by) % 26);
  }
}
export class xlator extends Translator {
  ${
    half === 'reads'
      ? ''
      : `writev(frame, fd, vector, ...rest) {
    turn(vector.bytes, ${by});
    frame.wind(fd, vector, ...rest);
  }`
  }
  ${
    half === 'writes'
      ? ''
      : `readvCbk(frame, opRet, opErrno, vector, ...rest) {
    if (opRet > 0) turn(vector.bytes, ${26 - by});
    frame.unwind(opRet, opErrno, vector, ...rest);
  }`
  }
}
`;
const modules = fc.tuple(
  fc.integer({ min: 1, max: 25 }),
  fc.constantFrom<Half>('both', 'reads', 'writes'),
);

/** A stack with every cache of data; each must read its data again after new code. */
const STACK = {
  below: ['performance/quick-read'],
  over: ['performance/io-cache', 'performance/quick-read', 'performance/md-cache'],
};
const READS: Operation[] = [
  ['lookup', 0, 0, 0],
  ['read', 0, 0, 40],
];
const PARTS: [[number, Half], Operation[]][] = [
  [[13, 'both'], READS],
  [
    [5, 'reads'],
    [...READS, ['write', 0, 2, 9], ...READS],
  ],
  [[7, 'writes'], READS],
];

test.each(['none', 'thread'])(
  'caches with isolation %s return no stale data after a reload of a module that changes data',
  async (isolation) => {
    const folder = makeFolder({});
    const host: Row = {
      name: 'host',
      translator: glupy as unknown as Translator<unknown>,
      options: { 'module-name': 'm', isolation },
    };
    await fc.assert(
      fc.asyncProperty(
        fc.record({ below: anyCaches(), over: anyCaches() }),
        fc.array(fc.tuple(modules, anyOperations()), { minLength: 2, maxLength: 3 }),
        async ({ below, over }, parts) => {
          const write = (at: number): void =>
            writeFileSync(join(folder, 'm.js'), module(...parts[at]![0]));
          write(0);
          const rows = [
            disk,
            ...makeCacheRows(below, 'below'),
            host,
            ...makeCacheRows(over, 'over'),
          ];
          const all = [
            await ProgramOnGraph.start(rows, folder),
            await ProgramOnGraph.start([disk, host], folder),
          ];
          try {
            for (const [at, [, some]] of parts.entries()) {
              write(at);
              for (const used of at === 0 ? [] : all) await used.reload('host');
              const doing: readonly Operation[] = at === 0 ? [...beginning, ...some] : some;
              for (const each of doing) {
                const [cached, alone] = [await all[0]!.do(each), await all[1]!.do(each)];
                expect(cached, each.join(' ')).toEqual(alone);
              }
              expect(await all[0]!.readAll(), 'all files').toEqual(await all[1]!.readAll());
            }
          } finally {
            for (const used of all) await used.stop();
          }
        },
      ),
      { numRuns: isolation === 'none' ? 4 : 1, endOnFailure: true, examples: [[STACK, PARTS]] },
    );
  },
);
