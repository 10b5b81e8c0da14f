/** Modules in both languages that do something without end, and serve `access`. */
import { expect } from 'vitest';
import { EPERM } from '../../runtime/core/errno.ts';
import { type RunningModule, startModule } from '../support/module.ts';

export const LANGUAGES = ['py', 'js'] as const;
export type Extension = (typeof LANGUAGES)[number];

/** A module with these methods; `access` is there to be served. */
const module = (extension: Extension, methods: string): Record<string, string> =>
  extension === 'py'
    ? {
        'm.py': `import asyncio, sys
from glupy import EPERM, ENOENT, Loc, ROOT_GFID, Translator

class xlator(Translator):
    def access(self, frame, loc, mask, xdata):
        frame.fail(EPERM)
${methods}
`,
      }
    : {
        'm.js': `import { ENOENT, EPERM, Loc, ROOT_GFID, Translator } from 'glossa';
export class xlator extends Translator {
  access(frame) {
    frame.fail(EPERM);
  }
${methods}
}
`,
      };

export const RETRIES: Readonly<Record<string, Readonly<Record<Extension, string>>>> = {
  'a retry loop': {
    py: `
    async def stat(self, frame, loc, xdata):
        while True:
            try:
                return await self.child.stat(loc)
            except OSError:
                pass`,
    js: `
  async stat(frame, loc) {
    for (;;) {
      try {
        return await this.child.stat(loc);
      } catch {}
    }
  }`,
  },
  'a retry loop that catches everything': {
    py: `
    async def stat(self, frame, loc, xdata):
        while True:
            try:
                return await self.child.stat(loc)
            except:
                pass`,
    js: `
  async stat(frame, loc) {
    for (;;) await this.child.stat(loc).catch(() => {});
  }`,
  },
  'a callback that winds again': {
    py: `
    def stat(self, frame, loc, xdata):
        frame.local = loc
        frame.wind()

    def stat_cbk(self, frame, op_ret, op_errno, *reply):
        frame.wind()`,
    js: `
  stat(frame) {
    frame.wind();
  }
  statCbk(frame) {
    frame.wind();
  }`,
  },
};

/** That another request is served. */
export function serves(run: RunningModule): void {
  expect(run.ask('access', run.knownLoc('other'), 0, null)).toMatchObject({
    count: 1,
    opErrno: EPERM,
  });
}

export async function start(
  extension: Extension,
  methods: string,
  options: Record<string, string> = {},
): Promise<RunningModule> {
  // The limit that ends it does not depend on the load of the machine.
  const all = { 'time-limit': '100', ...options };
  const run = await startModule(module(extension, methods), { options: all });
  run.takeLines();
  return run;
}
