/** Tests of the demo and a part of the tests on machines that differ from this one: the rows of rows.ts. */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { withScratch } from '../support/mount.ts';
import { isSkipped } from '../support/obstacle.ts';
import { findToolchain } from '../support/toolchain.ts';
import { PATIENCE_MS, runMachine } from './machine.ts';
import { isMachine, ROWS } from './rows.ts';

const why = process.getuid?.() === 0 ? '' : 'only root can set up another machine';

const machines = ROWS.flatMap(({ name, how }) => (isMachine(how) ? [[name, how] as const] : []));

describe.skipIf(isSkipped('machines that differ', why))('on another machine', () => {
  it.each(machines)('%s', { timeout: PATIENCE_MS }, (_, machine) =>
    withScratch(async (scratch) => {
      const { toolchain } = machine;
      const bin = toolchain === undefined ? undefined : findToolchain(toolchain);
      const { status, out } = await runMachine(scratch, machine, bin);
      expect({ status, end: status === 0 ? '' : out.slice(-5000) }).toEqual({ status: 0, end: '' });
      expect(out).toMatch(/^ +Python +\d/m);
      expect(
        readdirSync(scratch.at(machine.temporary ?? 'tmp')).filter((name) => /glossa/.test(name)),
      ).toEqual([]);
    }),
  );
});
