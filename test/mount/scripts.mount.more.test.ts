/** Modules on a mount: callers that give up, and reloads under load. */
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import type { Dump } from '../../runtime/core/xlator.ts';
import type { VolumeDumps } from '../../server/statedump/volume-dumps.ts';
import { asUser } from '../support/client.ts';
import { describeFrontEnds } from '../support/front-ends.ts';
import { run, runGlossa, type Scratch, type ServedMount, startMount } from '../support/mount.ts';

const PATIENCE = { timeout: 50_000 };

const WAITING = `import asyncio
from glupy import EINTR, Translator


class xlator(Translator):
    async def getxattr(self, frame, loc, name, xdata):
        if name == "user.wait":
            self.log.info("waits in a coroutine")
            try:
                await asyncio.sleep(1000)
            except asyncio.CancelledError:
                self.log.info("the coroutine is cancelled")
                raise
        return await self.child.getxattr(loc, name, xdata)

    def removexattr(self, frame, loc, name, xdata):
        self.kept = frame
        self.log.info("keeps a frame")

    def removexattr_cancel(self, frame):
        self.log.info("the frame is given up")
        frame.fail(EINTR)
`;

const WAITING_JS = `import { Cancelled, EINTR, Translator } from 'glossa';

export class xlator extends Translator {
  async getxattr(_frame, loc, name, xdata) {
    if (name === 'user.wait') {
      this.log.info('waits in a coroutine');
      try {
        await this.sleep(1000);
      } catch (error) {
        if (error instanceof Cancelled) this.log.info('the coroutine is cancelled');
        throw error;
      }
    }
    return await this.child.getxattr(loc, name, xdata);
  }

  removexattr(frame) {
    this.kept = frame;
    this.log.info('keeps a frame');
  }

  removexattrCancel(frame) {
    this.log.info('the frame is given up');
    frame.fail(EINTR);
  }
}
`;

const edition = (number: number): string => `import os
from glupy import Translator


class xlator(Translator):
    edition = ${number}
    count = 0

    def lookup(self, frame, loc, xdata):
        self.count += 1
        frame.wind(loc, xdata)

    def lookup_cbk(self, frame, op_ret, op_errno, *reply):
        frame.unwind(op_ret, op_errno, *reply)

    def dump_state(self):
        return self.count

    def load_state(self, state):
        self.count = state

    def statedump(self):
        return {"edition": self.edition, "count": self.count}
`;

/** A volfile over memory with the module on top; `more` are lines of options. */
async function volfile(
  scratch: Scratch,
  module: string,
  more = '',
  file = 'm.py',
): Promise<string> {
  await scratch.writeFile(file, module);
  return `volume store
    type storage/memory
end-volume
volume top
    type features/glupy
    option module-name m
    ${more}
    subvolumes store
end-volume
`;
}

async function readDump(scratch: Scratch, { path }: ServedMount): Promise<Dump> {
  const { out } = await runGlossa(scratch, ['stats', path, '--json']);
  const { volumes } = JSON.parse(out) as VolumeDumps;
  return volumes.find(({ name }) => name === 'top')!.dump;
}

// fuse-native does not pass interrupts on; there a caller waits for its reply.
describeFrontEnds(
  'a program that is killed while it waits for a module',
  ['kernel', 'user'],
  (front) => {
    const ways = [
      ['m.py', '-n', 'waits in a coroutine', 'the coroutine is cancelled'],
      ['m.py', '-x', 'keeps a frame', 'the frame is given up'],
      ['m.js', '-n', 'waits in a coroutine', 'the coroutine is cancelled'],
      ['m.js', '-x', 'keeps a frame', 'the frame is given up'],
    ] as const;
    // Each language behaves the same with every front end.
    const tried = front.name === 'kernel' ? ways : ways.slice(0, 1);
    it.each(tried)(
      'ends its request in the module (%s, %s), and other requests are served',
      (file, flag, waits, ends) =>
        front.withScratch(async (scratch) => {
          const { stat, writeFile } = scratch.fs;
          const module = file === 'm.py' ? WAITING : WAITING_JS;
          const mount = await startMount(scratch, await volfile(scratch, module, '', file));
          await writeFile(join(mount.path, 'file'), 'text');
          let client!: ChildProcess;
          const [program, ...words] = [
            ...(front.owner === undefined ? [] : asUser(front.owner)),
            flag === '-n' ? 'getfattr' : 'setfattr',
          ];
          const outcome = run(
            scratch,
            program!,
            [...words, flag, 'user.wait', join(mount.path, 'file')],
            {
              onStart: (child) => {
                client = child;
              },
            },
          );
          await vi.waitFor(() => expect(mount.log()).toContain(waits), PATIENCE);
          // Other requests are served meanwhile.
          expect((await stat(join(mount.path, 'file'))).size).toBe(4);
          client.kill('SIGKILL');
          expect((await outcome).signal).toBe('SIGKILL');
          await vi.waitFor(() => expect(mount.log()).toContain(ends), PATIENCE);
          expect((await stat(join(mount.path, 'file'))).size).toBe(4);
          const {
            interrupted,
            failures,
            'requests-waiting': waiting,
          } = await readDump(scratch, mount);
          expect({ interrupted, failures, waiting }).toEqual({
            interrupted: 1,
            failures: 0,
            waiting: 0,
          });
          expect(await mount.stop()).toBe(0);
        }),
    );
  },
);

describeFrontEnds(
  'a module that is saved and reloaded repeatedly under load',
  ['kernel', 'fuse-native'],
  (front) => {
    it('fails no request, and keeps its counts', () =>
      front.withScratch(async (scratch) => {
        const { readdir, stat, writeFile } = scratch.fs;
        const text = await volfile(scratch, edition(1), 'option reload on');
        const args = ['--entry-timeout', '0', '--attribute-timeout', '0'];
        const mount = await startMount(scratch, text, { args });
        await writeFile(join(mount.path, 'file'), 'text');
        let stopped = false;
        const load = async (): Promise<void> => {
          while (!stopped) {
            expect((await stat(join(mount.path, 'file'))).size).toBe(4);
            await expect(stat(join(mount.path, 'nothing'))).rejects.toMatchObject({
              code: 'ENOENT',
            });
          }
        };
        const loads = [load(), load(), load(), load()];
        for (let number = 2; number <= 4; number += 1) {
          const before = (await readDump(scratch, mount))['module.count'] as number;
          await scratch.writeFile('m.py', edition(number));
          await vi.waitFor(
            async () =>
              expect(await readDump(scratch, mount)).toMatchObject({ 'module.edition': number }),
            PATIENCE,
          );
          expect((await readDump(scratch, mount))['module.count']).toBeGreaterThanOrEqual(before);
        }
        await scratch.writeFile('m.py', 'class xlator(:\n');
        await vi.waitFor(() => expect(mount.log()).toContain('the code before goes on'), PATIENCE);
        stopped = true;
        await Promise.all(loads);
        const dump = await readDump(scratch, mount);
        expect(dump).toMatchObject({ 'module.edition': 4, failures: 0, interpreters: 1 });
        // A save under load may be detected twice.
        expect(dump.reloads).toBeGreaterThanOrEqual(3);
        expect(await readdir(mount.path)).toEqual(['file']);
        expect(await mount.stop()).toBe(0);
      }));
  },
);
