/**
 * Exchanges the graph of a mount again and again while processes work on it, and checks that
 * nothing is lost. The test file names the stacks.
 */
import { writeFile } from 'node:fs/promises';
import { expect, it, vi } from 'vitest';
import { compileClient } from './compile-client.ts';
import type { FrontEnd } from './front-ends.ts';
import { findErrors, runGlossa, type Scratch, startMount } from './mount.ts';
import { selected } from './test-selection.ts';

/** Stores a note with each inode and fd. */
const MODULE = `
from glupy import Translator


class xlator(Translator):
    def init(self):
        self.opened = 0

    def lookup_cbk(self, frame, op_ret, op_errno, inode, *reply):
        if inode is not None:
            inode.ctx["seen"] = self.name
        frame.unwind(op_ret, op_errno, inode, *reply)

    def open(self, frame, loc, flags, fd, xdata):
        self.opened += 1
        fd.ctx["seen"] = self.name
        frame.wind()

    def writev(self, frame, *args):
        frame.wind()

    def fsync(self, frame, *args):
        frame.wind()
`;

/** A volume of a volfile. */
export const renderVolume = (
  name: string,
  type: string,
  below: string | null,
  ...options: string[]
): string =>
  [
    `volume ${name}`,
    `    type ${type}`,
    ...options.map((option) => `    option ${option}`),
    ...(below === null ? [] : [`    subvolumes ${below}`]),
    'end-volume\n',
  ].join('\n');

export const renderDisk = (brick: string): string =>
  renderVolume('disk', 'storage/posix', null, `directory ${brick}`);

export const renderLocks = (below: string): string =>
  renderVolume('locks', 'features/locks', below);

const PATIENCE = { timeout: 50_000, interval: 100 };

/**
 * The number of exchanges: each stack to the next once or twice. All processes work during each,
 * and notice a loss. An exchange does not depend on the user, so a user's mount has each once.
 */
const countExchanges = (front: FrontEnd): number =>
  selected.others && front.name === 'kernel' ? 10 : 5;
/** The processes of each kind. */
const workers = selected.others ? [1, 2] : [1];
const lockers = selected.others ? ['flock', 'record'] : ['flock'];

async function reload(scratch: Scratch): Promise<void> {
  const { status, out, err } = await runGlossa(scratch, ['reload', 'mnt']);
  expect({ status, out, err }).toEqual({
    status: 0,
    out: expect.stringContaining('another graph: begun '),
    err: '',
  });
}

/** @param stacksOn volfiles that take turns, the first of them first; the module is `seen` */
export function testNoLoss(front: FrontEnd, stacksOn: (brick: string) => readonly string[]): void {
  const times = countExchanges(front);

  it('loses no file, lock or open descriptor while processes work', () =>
    front.withScratch(async (scratch) => {
      const all = stacksOn(await scratch.makeFolder('brick'));
      await scratch.writeFile('seen.py', MODULE);
      const mount = await startMount(scratch, all[0]!);
      const stop = scratch.at('stop');
      const nodeCommand = (name: string): string => `"$NODE" "$CLIENTS/${name}.mjs"`;
      const repeatCommand = (command: string): string =>
        `n=0; while [ ! -e ${stop} ]; do ${command} || exit 1; n=$((n + 1)); done`;
      const scripts = [
        ...workers.map(
          (n) => `mkdir m${n}; cd m${n}; mkdir d0 d1 d2
          ${repeatCommand(`{ ${nodeCommand('mixed')} ${n} 30 > left && ${nodeCommand('mixed')} verify ${n} < left && rm -r d? && mkdir d0 d1 d2; }`)}`,
        ),
        ...workers.map((n) => `${nodeCommand('held')} ${n} ${stop}`),
        ...lockers.map(
          (kind) => `${repeatCommand(`${compileClient('counter')} ${kind} 100 ${kind}`)}
          [ "$(cat ${kind})" = $((n * 600)) ] && echo counted`,
        ),
        repeatCommand('ls -lR . > /dev/null 2>&1; true'),
      ];
      const clients = scripts.map((script) =>
        scratch.startClient(mount.path, script, { patience: 230_000 }),
      );
      const ended = Promise.all(clients.map(({ outcome }) => outcome));
      ended.catch(() => {});
      for (let i = 1; i <= times; i++) {
        await scratch.writeFile('mnt.vol', all[i % all.length]!);
        await reload(scratch);
      }
      await writeFile(stop, '');
      // Replaced graphs end by themselves when their last file is closed.
      const countEnded = (): number => (mount.log().match(/idle, and gone: /g) ?? []).length;
      await vi.waitFor(() => expect(countEnded()).toBe(times), PATIENCE);
      const outcomes = await ended;
      for (const [at, outcome] of outcomes.entries()) {
        expect(outcome, scripts[at]).toMatchObject({ status: 0, err: '' });
      }
      for (const outcome of outcomes.slice(workers.length, 2 * workers.length))
        expect(Number(outcome.out)).toBeGreaterThan(0);
      for (const outcome of outcomes.slice(2 * workers.length, -1))
        expect(outcome.out).toBe('counted\n');
      expect(await mount.stop()).toBe(0);
      expect(findErrors(mount.log())).toEqual([]);
      expect(mount.log().match(/another graph: begun/g)).toHaveLength(times);
    }));
}
