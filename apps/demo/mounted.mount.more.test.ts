/**
 * The demo reports the end of a mount server at every operation.
 *
 * A translator in the stack kills its own process in the middle of a request, so that each place
 * that can miss the server is tested every time.
 */
import { mkdirSync } from 'node:fs';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Terminal } from '../../terminal/terminal.ts';
import { describeMounts, GLOSSA, type Scratch, withScratch } from '../../test/support/mount.ts';
import { findProcesses } from '../../test/support/processes.ts';
import { BusySampler } from '../bench/engine/busy-sampler.ts';
import { readAllowedCpus } from '../bench/engine/placement.ts';
import { planSearches } from '../bench/engine/searches.ts';
import { SearchRunner } from './experiment.ts';
import { STORAGE_VOLUME } from './stacks.ts';
import { makeTree } from './tree.ts';

/** A module that kills its process at its statedump, or at the lookup with a given number. */
const MODULE = `
import { defineTranslator, tail } from 'glossa';
const die = () => process.kill(process.pid, 'SIGKILL');
let lookups = 0;
export default defineTranslator({
  type: 'demo/doomed',
  description: 'Ends its process.',
  children: [1, 1],
  options: {
    at: { type: 'str', default: 'never', description: 'What it does not survive.' },
  },
  init: (_xl, { at }) => at,
  fops: {
    lookup(frame, xl, loc, xdata) {
      if (loc.name?.startsWith(xl.priv)) die();
      tail.lookup(frame, xl.children[0], loc, xdata);
    },
  },
  dump(xl) {
    if (xl.priv === 'statedump') die();
    return {};
  },
});
`;

const makeVolfile = (moment: string): string => `
volume test-posix
    type storage/posix
end-volume

volume test
    type features/native
    option module-path doomed.mjs
    option at ${moment}
    subvolumes test-posix
end-volume
`;

const terminal: Terminal = {
  out() {},
  outBytes: async () => true,
  err() {},
  isInteractive: false,
  width: 80,
  colour: { out: false, err: false },
  flush: async () => {},
};

const plan = planSearches({ seed: 7, searchCount: 1 });
/** A workload with a search for every file. */
const workload = { ...plan, searches: Uint16Array.from(plan.names, (_, file) => file) };

async function startSearch(scratch: Scratch, moment: string): Promise<SearchRunner> {
  await scratch.writeFile('doomed.mjs', MODULE);
  const tree = await scratch.makeFolder('files');
  const { signal } = new AbortController();
  await makeTree(tree, workload, signal);
  const options = [`${STORAGE_VOLUME}.directory=${tree}`];
  const volfile = await scratch.writeFile('doomed.vol', makeVolfile(moment));
  mkdirSync(scratch.at('tmp'));
  const search = new SearchRunner(
    { title: 'doomed', id: 'doomed', volfile, options },
    { searchPlan: workload, countingVolumes: ['test'], storagePids: [] },
    new BusySampler(readAllowedCpus()),
    { scratch: scratch.at('tmp'), terminal, signal, noMount: null },
  );
  try {
    await search.start();
  } catch (error) {
    await search.stop();
    throw error;
  }
  return search;
}

const searchAllFiles = (search: SearchRunner): Promise<unknown> => search.searchRound(0);
const readLookups = (search: SearchRunner): Promise<unknown> => search.countLookups();

const listServers = (scratch: Scratch): number[] =>
  findProcesses(new RegExp(`mount ${scratch.at('doomed.vol')}`));

const endedMessage = (scratch: Scratch): RegExp =>
  new RegExp(`^the server of ${scratch.at('doomed.vol')} ended unexpectedly; the end of its log:`);

describeMounts('a mount server that ends during the demo', () => {
  const program = process.argv[1]!;

  // The demo starts servers by argv[1], which is vitest in a test.
  beforeEach(() => {
    process.argv[1] = GLOSSA;
  });
  afterEach(() => {
    process.argv[1] = program;
  });

  it('is reported while its directories are opened', () =>
    withScratch(async (scratch) => {
      await expect(startSearch(scratch, 'dir4')).rejects.toThrow(endedMessage(scratch));
      expect(scratch.findMounts()).toEqual([]);
    }));

  it.each([
    ['its counters are read', 'statedump', readLookups],
    ['names are searched', 'file5', searchAllFiles],
  ])('is reported while %s, and again by every later search or count', (_, moment, use) =>
    withScratch(async (scratch) => {
      const search = await startSearch(scratch, moment);
      try {
        for (const again of [use, searchAllFiles, readLookups]) {
          await expect(again(search)).rejects.toThrow(endedMessage(scratch));
        }
      } finally {
        await search.stop();
      }
      expect(scratch.findMounts()).toEqual([]);
    }),
  );

  it('is reported when it has unmounted after SIGTERM', () =>
    withScratch(async (scratch) => {
      const search = await startSearch(scratch, 'never');
      try {
        await searchAllFiles(search);
        expect(await search.countLookups()).toBe(0);
        for (const pid of listServers(scratch)) process.kill(pid, 'SIGTERM');
        await vi.waitFor(() => expect(listServers(scratch)).toEqual([]), { timeout: 50_000 });
        await expect(readLookups(search)).rejects.toThrow(endedMessage(scratch));
        await expect(searchAllFiles(search)).rejects.toThrow(endedMessage(scratch));
      } finally {
        await search.stop();
      }
    }));
});
