/** A module that retries forever: other requests are served, and SIGTERM ends the mount. */
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import {
  describeMounts,
  run,
  runGlossa,
  type Scratch,
  type ServedMount,
  startMount,
  withScratch,
} from '../support/mount.ts';
import { selected } from '../support/test-selection.ts';

const PATIENCE = { timeout: 60_000 };

const RETRY = {
  'm.py': `from glupy import Translator


class xlator(Translator):
    async def getxattr(self, frame, loc, name, xdata):
        while True:
            try:
                return await self.child.getxattr(loc, name)
            except OSError:
                if name != "user.absent":
                    raise
`,
  'm.js': `import { Translator } from 'glossa';

export class xlator extends Translator {
  async getxattr(frame, loc, name) {
    for (;;) {
      try {
        return await this.child.getxattr(loc, name);
      } catch (error) {
        if (name !== 'user.absent') throw error;
      }
    }
  }
}
`,
} as const;

/** The child below: one replies at once, the other later. */
const BELOW = {
  'at once': 'volume below\n    type storage/memory\nend-volume\n',
  later: `volume store
    type storage/memory
end-volume
volume below
    type debug/delay-gen
    option delay-percentage 100
    option delay-duration 10
    option enable getxattr
    subvolumes store
end-volume
`,
} as const;

async function start(
  scratch: Scratch,
  file: keyof typeof RETRY,
  below: string,
  options: string,
): Promise<ServedMount> {
  await scratch.writeFile(file, RETRY[file]);
  const top = `volume top
    type features/glupy
    option module-name m
    ${options}
    subvolumes below
end-volume
`;
  return startMount(scratch, below + top);
}

type Case = readonly [keyof typeof RETRY, keyof typeof BELOW];
const first: readonly Case[] = [
  ['m.py', 'at once'],
  ['m.js', 'later'],
];
const others: readonly Case[] = [
  ['m.py', 'later'],
  ['m.js', 'at once'],
];

describeMounts("a module's endless retry loop", () => {
  it.each(selected.others ? others : first)(
    'in %s over a child that replies %s does not block other requests, and SIGTERM ends the mount',
    (file, when) =>
      withScratch(async (scratch) => {
        const mount = await start(scratch, file, BELOW[when], 'option wind-limit 0');
        const { stat, writeFile } = scratch.fs;
        const path = join(mount.path, 'file');
        await writeFile(path, 'text');
        let client!: ChildProcess;
        const stuck = run(scratch, 'getfattr', ['-n', 'user.absent', path], {
          onStart: (child) => {
            client = child;
          },
        });
        const calls = async (): Promise<number> => {
          const { out } = await runGlossa(scratch, ['stats', mount.path, '--json']);
          const { volumes } = JSON.parse(out) as {
            volumes: { name: string; dump: { calls: number } }[];
          };
          return volumes.find(({ name }) => name === 'top')!.dump.calls;
        };
        // The loop runs, and statistics are available meanwhile.
        await vi.waitFor(async () => expect(await calls()).toBeGreaterThan(1000), PATIENCE);
        const others = Array.from({ length: 2 }, async () => {
          for (let times = 0; times < 50; times++) expect((await stat(path)).size).toBe(4);
        });
        await Promise.all(others);
        expect(client.exitCode).toBeNull();
        mount.child.kill('SIGTERM');
        // The first SIGTERM waits for the active request; a second one does not.
        await vi.waitFor(() => {
          mount.child.kill('SIGTERM');
          expect(mount.child.exitCode ?? mount.child.signalCode).not.toBeNull();
        }, PATIENCE);
        await stuck;
      }),
  );

  if (selected.others) return;
  it('is ended by wind-limit, with EIO for the caller and one line in the log', () =>
    withScratch(async (scratch) => {
      const mount = await start(scratch, 'm.py', BELOW['at once'], 'option wind-limit 2000');
      const path = join(mount.path, 'file');
      await scratch.fs.writeFile(path, 'text');
      const { err } = await run(scratch, 'getfattr', ['-n', 'user.absent', path]);
      expect(err).toContain('Input/output error');
      expect(mount.log()).toMatch(/E .*getxattr: wound 2000 times .*\(option wind-limit\)/);
      expect(await mount.stop()).toBe(0);
    }));
});
