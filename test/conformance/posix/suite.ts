/**
 * Runs the table of POSIX on a mount and on the directory under it: errnos, changed times, and
 * sizes beyond 4 GiB.
 */
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { describeMounts } from '../../support/mount.ts';
import { Arena, type Atime, canCompare, type SetupName } from '../arena.ts';
import { describeDisagreement } from '../compare.ts';
import * as attributes from './errnos-attributes.ts';
import * as names from './errnos-names.ts';
import * as opens from './errnos-open.ts';
import type { Row, Table } from './rows.ts';
import { tables as sizes } from './sizes.ts';
import { accessTables, tables as times } from './times.ts';

const errnos = [...opens.tables, ...names.tables, ...attributes.tables];

/** Returns '' if the row holds on both sides, or cannot be tried on this disk; otherwise the report. */
async function tryRow(arena: Arena, { when, result, script }: Row): Promise<string> {
  if (!arena.can(script)) return '';
  const pair = await arena.run(script);
  const differs = describeDisagreement(script, pair);
  if (differs !== '') return `${when}: not the same\n${differs}`;
  const actual = pair.bare.results.at(-1)!;
  const holds =
    actual === result ||
    actual.startsWith(`${result} `) ||
    (/[:=]$/.test(result) && actual.startsWith(result));
  return holds ? '' : `${when}: ${result} is written down, but the directory says ${actual}`;
}

/** Defines the tests of some tables on one mount. */
function describeArena(name: SetupName, atime: Atime, tables: readonly Table[]): void {
  describe.skipIf(!canCompare())(`${name}, ${atime}`, () => {
    let arena: Arena;
    beforeAll(async () => {
      arena = await Arena.open(name, atime, inject('runFolder'));
    });
    afterAll(async () => {
      if (arena === undefined) return;
      const { status, errors } = await arena.close();
      expect(status, errors.join('\n')).toBe(0);
    });
    it.each(tables.map((one) => [one.name, one.rows] as const))(
      '%s: every row has the same result on the mount as in the bare directory',
      async (_, rows) => {
        const failures: string[] = [];
        for (const one of rows) failures.push(await tryRow(arena, one));
        expect(failures.filter((text) => text !== '').join('\n')).toBe('');
      },
    );
  });
}

/** Defines the tests of the whole table on each of these mounts. */
export function describeTable(...names: readonly SetupName[]): void {
  vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });
  describeMounts('POSIX', () => {
    for (const name of names) describeArena(name, 'noatime', [...errnos, ...times, ...sizes]);
  });
}

/** Defines the tests of the times of reads, by how the file system below is mounted. */
export function describeAccessTimes(): void {
  describeMounts('POSIX', () => {
    for (const atime of ['strictatime', 'relatime'] as const) {
      describeArena('served', atime, accessTables);
    }
  });
}
