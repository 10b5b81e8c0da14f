/** Tests of the callers of `npm run bench api`, on a Volume. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Cleanup } from '../../../apps/bench/run/cleanup.ts';
import { makeBench } from '../../support/bench.ts';
import { makeFolder } from '../../support/folder.ts';
import type { Bench } from '../bench.ts';
import { Caller, makeVolumeCommand } from './callers.ts';

const steps = new Cleanup();
afterEach(() => steps.run((message) => expect.fail(message)));

function openBench(): Bench {
  const folder = makeFolder();
  return { ...makeBench(folder), cleanup: steps };
}

function makeCommand({ folder }: Bench) {
  const volfile = join(folder, 'posix.vol');
  const options = `  type storage/posix\n  option directory ${folder}\n`;
  writeFileSync(volfile, `volume posix\n${options}end-volume\n`);
  return makeVolumeCommand(volfile);
}

describe('a benchmark process of Volume', () => {
  it('creates its files and times each operation', async () => {
    const bench = openBench();
    const caller = await Caller.start(bench, 'it', makeCommand(bench));
    for (const order of ['stat', 'read', 'flight'] as const) {
      const { p50, p99, mean } = await caller.call(order, 128);
      expect(p50).toBeGreaterThan(0);
      expect(p99).toBeGreaterThanOrEqual(p50);
      expect(mean).toBeGreaterThan(0);
    }
  });

  it('reports a wrong reply as an error', async () => {
    const bench = openBench();
    const caller = await Caller.start(bench, 'it', makeCommand(bench));
    writeFileSync(join(bench.folder, 'api/name-3'), 'short');
    await expect(caller.call('stat', 100)).rejects.toMatchObject({
      code: 'GLOSSA_WRONG_ANSWERS',
      message: expect.stringMatching(/ 1 of 100 replies were wrong$/),
    });
  });

  it('is reported as not measured if it cannot start', async () => {
    const start = Caller.start(openBench(), 'it', makeVolumeCommand('/absent.vol'));
    await expect(start).rejects.toMatchObject({ code: 'GLOSSA_NOT_MEASURED' });
  });
});
