/** An async method of the module's own that nobody awaits: what it throws is in the log. */
import { expect, it } from 'vitest';
import { EPERM } from '../../runtime/core/errno.ts';
import { startModule } from '../../test/support/module.ts';

const source = (calls: string): string => `import { EPERM, Translator } from 'glossa';
export class xlator extends Translator {
  async broken(what) {
    if (what === 'late') await null;
    throw new RangeError('it breaks ' + what);
  }

  async tries(what) {
    try {
      await this.broken(what);
    } catch {
      return what;
    }
  }

  access(frame) {
    ${calls}
    frame.fail(EPERM);
  }
}
`;

/** What the log says when these are called, and nobody waits for what they come to. */
async function toldOf(calls: string): Promise<string[]> {
  const run = await startModule({ 'm.js': source(calls) });
  expect(run.ask('access', run.known('a'), 0, null)).toMatchObject({ count: 1, opErrno: EPERM });
  const { failures } = run.host.counters;
  expect(failures).toBe(0);
  run.settled();
  return run
    .lines()
    .filter((line) => !line.includes(' loaded: '))
    .map((line) => line.split('\n')[0]!);
}

it.each([
  ['at once', "this.broken('now');", 'now'],
  ['later', "this.broken('late');", 'late'],
  ['of which it was said that it does not matter', "void this.broken('now');", 'now'],
  ['kept in a variable', "const kept = this.broken('late');", 'late'],
])('is told of with file and line: %s', async (_, calls, what) => {
  expect(await toldOf(calls)).toEqual([
    `E [m.js:5:broken] 0-top: broken failed, and nobody awaited it: RangeError: it breaks ${what}`,
  ]);
});

it.each([
  ['it is awaited by another', "this.broken('now');\n    return;", "this.tries('late');"],
  ['it is caught', "this.broken('now');\n    return;", "this.broken('late').catch(() => {});"],
  [
    'it waits with others',
    "this.broken('now');\n    return;",
    "Promise.allSettled([this.broken('late')]);",
  ],
])('is not told of where %s', async (_, watched, calls) => {
  // The method is watched for what is never reached.
  expect(await toldOf(`${calls}\n    if (frame === null) {\n    ${watched}\n    }`)).toEqual([]);
});

it('leaves fops alone that are called so', async () => {
  const fops = `import { EPERM, FopError, Translator } from 'glossa';
export class xlator extends Translator {
  async stat(frame, loc) {
    if (loc.name === 'a') throw new FopError(EPERM);
    return await this.child.stat(loc);
  }

  lstat(frame, loc) {
    this.stat(frame, loc);
  }
}
`;
  const run = await startModule({ 'm.js': fops });
  expect(run.ask('stat', run.known('a'), null)).toMatchObject({ count: 1, opErrno: EPERM });
  expect(run.host.counters.failures).toBe(0);
});
