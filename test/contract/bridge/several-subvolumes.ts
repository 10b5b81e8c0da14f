/**
 * The bridge contract for several subvolumes: a fop that the module does not define reaches none
 * of them.
 *
 * Modules, each with a `stat` that winds to the last subvolume, and only a callback for readlink:
 * `several` declares no more, `several_through` passes all other fops to the first subvolume.
 */
import { describe, expect, it } from 'vitest';
import { EOPNOTSUPP } from '../../../runtime/core/errno.ts';
import { fops } from '../../../runtime/core/fops.ts';
import type { FopName } from '../../../runtime/core/gen/fops.gen.ts';
import { WARNING } from '../../../runtime/core/log.ts';
import {
  hostedLanguage,
  type Language,
  type RunningModule,
  startModule,
} from '../../support/module.ts';
import { Samples } from './values.ts';

/** The leaf that each fop of the table reaches; the errno if it reaches no leaf. */
function findReached(run: RunningModule): Record<string, string> {
  const samples = new Samples(run.graph.inodes);
  return Object.fromEntries(
    fops.map((row) => {
      const reply = run.ask(row.name as FopName, ...(samples.values(row.args, true) as never));
      const leaves = run.leaves.flatMap(({ requests: held }, at) =>
        held.splice(0).map((one) => [at, one]),
      );
      for (const [, held] of leaves) (held as { answer(...all: unknown[]): void }).answer(-1, 5);
      const where = leaves.map(([at]) => `leaf${at as number}`).join();
      return [row.name, where || (reply.opErrno === EOPNOTSUPP ? 'EOPNOTSUPP' : 'other')];
    }),
  );
}

const otherLeaves = (where: string): Record<string, string> => ({
  ...Object.fromEntries(fops.map(({ name }) => [name, where])),
  stat: 'leaf1',
});

export function subvolumeContract(folder: string, language: Language = hostedLanguage): void {
  const startAndWarn = async (name: string, leaves: number) => {
    const run = await startModule(folder, { name, language, leaves, level: WARNING });
    // Languages that cannot tell whether a module sees replies of `stat` warn of other fops with attributes, too.
    const lines = run.takeLines().filter((line) => !line.includes('which show the same'));
    return { run, lines };
  };

  describe('with several subvolumes', () => {
    it('an undefined fop answers EOPNOTSUPP, with one warning at the start', async () => {
      const { run, lines } = await startAndWarn('several', 2);
      expect(lines).toEqual([
        expect.stringMatching(
          /several\.\w+: with 2 subvolumes, .* and \d+ more that it does not define answer EOPNOTSUPP: '.*(?:pass|PASS).*' sends them to the first, '.*' says that this is meant$/,
        ),
      ]);
      expect(findReached(run)).toEqual(otherLeaves('EOPNOTSUPP'));
      run.expectSettled();
    });

    it('an undefined fop reaches the first child of a pass-through module', async () => {
      const { run, lines } = await startAndWarn('several_through', 2);
      expect(lines).toEqual([]);
      expect(findReached(run)).toEqual(otherLeaves('leaf0'));
      run.expectSettled();
    });
  });

  it('with one subvolume, an undefined fop passes to the child', async () => {
    const { run, lines } = await startAndWarn('several', 1);
    expect(lines).toEqual([]);
    expect(findReached(run)).toEqual({ ...otherLeaves('leaf0'), stat: 'leaf0' });
    run.expectSettled();
  });
}
