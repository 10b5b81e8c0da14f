/** Helpers of the tests of failing Python modules. */
import { expect } from 'vitest';
import { EIO } from '../../../runtime/core/errno.ts';
import type { Reply } from '../../support/core.ts';
import { type ModuleSettings, type RunningModule, startModule } from '../../support/module.ts';

/**
 * A module with `body` in its class xlator, which begins in line 6. Its `access` always works.
 */
function moduleText(body: string): string {
  const lines = body.split('\n').map((line) => (line === '' ? '' : `    ${line}`));
  return `import asyncio, gc, sys
from glupy import *
kept = []

class xlator(Translator):
${lines.join('\n')}

    def access(self, frame, loc, mask, xdata):
        frame.wind()
`;
}

export async function start(body: string, settings: ModuleSettings = {}): Promise<RunningModule> {
  const run = await startModule({ 'm.py': moduleText(body) }, settings);
  run.takeLines();
  return run;
}

/** The reply of a request that a module has failed with. */
export const failed = { count: 1, opRet: -1, opErrno: EIO };

export const stat = (run: RunningModule): Reply => run.ask('stat', run.knownLoc('file'), null);

export const readlink = (run: RunningModule): Reply =>
  run.ask('readlink', run.knownLoc('a'), 1, null);

/** Checks that the volume expectWorks, and that no earlier request is left. */
export function expectWorks(run: RunningModule): void {
  run.takeRequests();
  const reply = run.ask('access', run.knownLoc('other'), 4, null);
  run.takeRequests()[0]!.answer(0, 0, null);
  expect(reply).toMatchObject({ count: 1, opRet: 0 });
  run.expectSettled();
}
