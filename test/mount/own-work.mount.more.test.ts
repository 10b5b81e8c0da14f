/** Modules whose own work never ends: requests at a mount get most of the time, and the work gets what they leave. */
import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { describeMounts, run, startMount, withScratch } from '../support/mount.ts';
import { selectVariants } from '../support/test-selection.ts';

/** Work for 0.3 s, again and again; an extended attribute tells the seconds. */
const MODULES = {
  'tasks.py': `import asyncio
import time

from glupy import Translator


class xlator(Translator):
    def init(self):
        self.spent = 0
        self.task = asyncio.create_task(self.work())

    async def work(self):
        while True:
            began = time.monotonic()
            while time.monotonic() - began < 0.3:
                pass
            self.spent += time.monotonic() - began
            await asyncio.sleep(0.005)

    async def lookup(self, frame, loc, xdata):
        await asyncio.sleep(0.001)
        frame.wind(loc, xdata)

    def getxattr(self, frame, loc, name, xdata):
        frame.unwind(0, 0, {"user.spent": str(self.spent)}, None)
`,
  'timers.js': `import { Translator } from 'glossa';

export class xlator extends Translator {
  spent = 0;
  init() {
    this.work();
  }
  async work() {
    for (;;) {
      const began = Date.now();
      while (Date.now() - began < 300);
      this.spent += (Date.now() - began) / 1000;
      await this.sleep(0.005);
    }
  }
  async lookup(frame, loc, xdata) {
    await this.sleep(0.001);
    frame.wind(loc, xdata);
  }
  getxattr(frame) {
    frame.unwind(0, 0, { 'user.spent': String(this.spent) }, null);
  }
}
`,
} as const;

describeMounts("a module's own work", () => {
  it.each(selectVariants(Object.entries(MODULES), ([file]) => file === 'tasks.py'))(
    'gets a part of the time while requests come, and all of it otherwise (%s)',
    (file, text) =>
      withScratch(async (scratch) => {
        await scratch.writeFile(file, text);
        const mount = await startMount(
          scratch,
          `volume storage\n type storage/memory\nend-volume
volume own\n type features/glupy\n option module-name ${file.replace(/\..*/, '')}\n subvolumes storage\nend-volume\n`,
        );
        const readSpent = async (): Promise<number> => {
          const args = ['--only-values', '-n', 'user.spent', mount.path];
          return Number((await run(scratch, 'getfattr', args)).out);
        };
        /** The share of the time that the work gets meanwhile. */
        const measure = async (act: () => Promise<unknown>): Promise<number> => {
          const [began, spent] = [performance.now(), await readSpent()];
          await act();
          return (1000 * ((await readSpent()) - spent)) / (performance.now() - began);
        };
        const busy = await measure(async () => {
          const endMs = performance.now() + 5000;
          while (performance.now() < endMs) {
            // The lookups of this module wait for timers themselves.
            await expect(stat(`${mount.path}/absent-${performance.now()}`)).rejects.toThrow(
              'ENOENT',
            );
          }
        });
        expect(busy).toBeGreaterThan(0);
        // 25 % are the default; a call may have begun at the start, and one at the end.
        expect(busy).toBeLessThan(0.45);
        expect(await measure(() => sleep(3000))).toBeGreaterThan(busy);
        expect(mount.log().match(/work that no request waits for took 0\.\d s/g)).toHaveLength(1);
        expect(mount.log()).toMatch(new RegExp(`W \\[${file.replace('.', '\\.')}:\\d+:work\\]`));
        expect(await mount.stop()).toBe(0);
      }),
  );
});
