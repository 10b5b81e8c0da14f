/**
 * Exchanges of a graph with isolated volumes: an unchanged volume is kept with its thread, and a
 * restarted one continues with the state that its predecessor handed over.
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { renderDisk, renderLocks, renderVolume, testNoLoss } from '../support/exchange.ts';
import { describeFrontEnds } from '../support/front-ends.ts';
import { runGlossa, type Scratch, type ServedMount, startMount } from '../support/mount.ts';

const THREAD = 'isolation thread';

const moduleVolume = (name: string, below: string, ...options: string[]): string =>
  renderVolume(name, 'features/glupy', below, 'module-name seen', ...options);

/** Isolated volumes come and go, above and below each other and plain ones. */
const stacks = (brick: string): readonly string[] => {
  const plain = renderDisk(brick) + renderLocks('disk');
  return [
    plain,
    plain + moduleVolume('script', 'locks', THREAD),
    plain + moduleVolume('script', 'locks', THREAD) + moduleVolume('over', 'script', THREAD),
    plain + moduleVolume('script', 'locks') + moduleVolume('over', 'script', THREAD),
    plain + moduleVolume('script', 'locks', THREAD) + moduleVolume('over', 'script'),
  ];
};

/** Logs how often `count` was looked up. */
const COUNTS = `
from glupy import ENOENT, Translator


class xlator(Translator):
    def init(self):
        self.count = 0

    def lookup(self, frame, loc, xdata):
        if loc.name != "count":
            return frame.wind()
        self.count += 1
        self.log.info("counted %d", self.count)
        frame.fail(ENOENT)
`;

const HANDS_OVER = `
    def dump_state(self):
        return self.count

    def load_state(self, count):
        self.count = count
`;

const UNCACHED = ['--entry-timeout', '0', '--attribute-timeout', '0', '--negative-timeout', '0'];

describeFrontEnds('a reload of a graph with isolated volumes', ['kernel'], (front) => {
  testNoLoss(front, stacks);

  const readCount = async (mount: ServedMount): Promise<number> => {
    await expect(stat(join(mount.path, 'count'))).rejects.toThrow('ENOENT');
    return Number([...mount.log().matchAll(/ \d+-script: counted (\d+)/g)].at(-1)?.[1]);
  };

  /** Loads volfiles in turn, and checks the count and the output of `glossa reload`. */
  const follow = async (
    scratch: Scratch,
    module: string,
    first: string,
    steps: readonly (readonly [volfile: string, count: number, said: string])[],
  ): Promise<void> => {
    await scratch.writeFile('counts.py', module);
    const mount = await startMount(scratch, first, { args: UNCACHED });
    expect(await readCount(mount)).toBe(1);
    for (const [volfile, count, message] of steps) {
      await scratch.writeFile('mnt.vol', volfile);
      const { status, out } = await runGlossa(scratch, ['reload', 'mnt']);
      expect([status, out.split('\n')[0]]).toEqual([0, expect.stringContaining(message)]);
      expect([message, await readCount(mount)]).toEqual([message, count]);
    }
    expect(await mount.stop()).toBe(0);
  };

  const script = (below: string, ...options: string[]): string =>
    renderVolume('script', 'features/glupy', below, 'module-name counts', ...options);
  const count = (below: string): string => renderVolume('count', 'debug/io-stats', below);

  it('keeps unchanged volumes, and passes state to restarted ones', () =>
    front.withScratch(async (scratch) => {
      const base = renderDisk(await scratch.makeFolder('brick'));
      await follow(scratch, COUNTS + HANDS_OVER, base + script('disk', THREAD), [
        // Above the volume: its thread continues.
        [base + script('disk', THREAD) + count('script'), 2, 'begun count; the same disk, script'],
        [base + script('disk', THREAD), 3, 'gone count; the same disk, script'],
        // Below the volume: it gets another thread.
        [base + count('disk') + script('count', THREAD), 4, 'begun count, script; the same disk'],
        [base + count('disk') + script('count'), 5, 'begun script; the same disk, count'],
        [base + count('disk') + script('count', THREAD), 6, 'begun script; the same disk, count'],
      ]);
    }));

  it('restarts a volume with empty state if its module has no dump_state', () =>
    front.withScratch(async (scratch) => {
      const base = renderDisk(await scratch.makeFolder('brick'));
      await follow(scratch, COUNTS, base + script('disk', THREAD), [
        [base + count('disk') + script('count', THREAD), 1, 'begun count, script; the same disk'],
      ]);
    }));
});
