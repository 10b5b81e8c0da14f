/** Tests of modules that keep all of their memory: the log says so, and the next request is served. */
import { expect, it, vi } from 'vitest';
import { EIO, EPERM } from '../../runtime/core/errno.ts';
import { type RunningModule, startModule } from '../support/module.ts';
import { selectVariants } from '../support/test-selection.ts';

const OPTIONS = { 'memory-limit': '64MB', 'restart-backoff': '0', 'time-limit': '60' };

const PYTHON = `from glupy import EPERM, Translator

class xlator(Translator):
    def lookup(self, frame, loc, xdata):
        self.kept = None
        while loc.name.startswith("fill"):
            self.kept = (self.kept, FORM)
        frame.fail(EPERM)
`;
const JAVASCRIPT = `import { EPERM, Translator } from 'glossa';
export class xlator extends Translator {
  lookup(frame, loc) {
    while (loc.name.startsWith('fill')) this.kept = [this.kept, FORM];
    frame.fail(EPERM);
  }
}
`;

const ask = (run: RunningModule, name: string) => run.ask('lookup', run.knownLoc(name), null);

const forms: readonly (readonly ['m.py' | 'm.js', string])[] = [
  ['m.py', '1.5'],
  ['m.py', 'bytes(100_000)'],
  ['m.js', 'new Uint8Array(100_000)'],
  ['m.js', '1.5'],
  ['m.js', '{}'],
  ['m.js', "'x' + Math.random()"],
];
it.each(selectVariants(forms, ([, form]) => form === '1.5'))(
  'the next request of a module with full memory is served (%s: %s)',
  async (file, form) => {
    const source = (file === 'm.py' ? PYTHON : JAVASCRIPT).replace('FORM', () => form);
    const run = await startModule({ [file]: source }, { options: OPTIONS });
    for (let round = 0; round < 2; round += 1) {
      run.takeLines();
      expect(ask(run, `fill${round}`).opErrno).toBe(EIO);
      const log = run.takeLines().join('\n');
      expect(log).toMatch(/MemoryError|out of memory|all of its memory/);
      expect(log).toMatch(/\[m\.(py|js):\d+/);
      await vi.waitFor(() => expect(run.host.interpreter.isDead).toBe(false), { timeout: 60_000 });
      for (let i = 0; i < 10; i += 1)
        expect(ask(run, `file${i}`)).toMatchObject({ count: 1, opErrno: EPERM });
    }
  },
  120_000,
);
