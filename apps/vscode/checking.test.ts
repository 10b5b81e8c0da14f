/** What the extension makes of what `glossa check --json` prints. */
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GLOSSA, withScratch } from '../../test/support/mount.ts';
import { NoAnswer, readFindings } from './checking.ts';
import { argumentsOf, check, programOf, type Start } from './running.ts';

const bad = `volume mem
    type storage/memroy
end-volume
volume neg
    type features/negative
    option tiemout 3
    subvolumes mem
end-volume
`;

const start = (folder: string): Start => ({ command: [process.execPath, GLOSSA], folder });
const never = new AbortController().signal;

describe('check', () => {
  it('finds problems where they are, and nothing once they are mended', async () => {
    await withScratch(async (scratch) => {
      const path = await scratch.file('a b.vol', bad);
      const found = await check(start(dirname(path)), path, never);
      expect([...found]).toEqual([
        [
          path,
          [
            {
              ...{ line: 1, column: 9, length: 14, severity: 'error', code: 'unknown-type' },
              message:
                "volume 'mem': unknown type 'storage/memroy'\ndid you mean 'storage/memory'?",
            },
            expect.objectContaining({ line: 5, column: 11, length: 7, severity: 'warning' }),
          ],
        ],
      ]);
      await scratch.file('a b.vol', bad.replace('memroy', 'memory').replace('tiem', 'time'));
      expect([...(await check(start(dirname(path)), path, never))]).toEqual([[path, []]]);
    });
  });

  it('a file that is not there is a problem at its start', async () => {
    await withScratch(async (scratch) => {
      const path = scratch.at('none.vol');
      const found = await check(start(scratch.path), path, never);
      expect(found.get(path)).toEqual([
        expect.objectContaining({
          line: 0,
          column: 0,
          message: expect.stringContaining('none.vol'),
        }),
      ]);
    });
  });

  it.each([
    ['a program that is not there', ['./no-such-program'], /no-such-program/],
    ['one that says nothing', ['true'], /printed no JSON: nothing/],
    ['one that fails in its own words', ['ls', '--no-such-flag'], /no-such-flag/],
    ['one that says something else', ['echo', '{}'], /printed no JSON/],
  ])('%s is said to be none', async (_, command, why) => {
    const asked = check({ command, folder: '/' }, '/x.vol', never);
    await expect(asked).rejects.toThrow(NoAnswer);
    await expect(asked).rejects.toThrow(why);
  });

  it('is given up when nobody wants to know any more', async () => {
    const control = new AbortController();
    const asked = check({ command: ['sleep'], folder: '/' }, '/x.vol', control.signal);
    control.abort();
    await expect(asked).rejects.toThrow(NoAnswer);
  });
});

it.each(['', 'null', '[]', '{"files": 1}', 'glossa: no'])('no answer: %j', (printed) => {
  expect(() => readFindings(printed, '/x.vol')).toThrow(NoAnswer);
});

it.each([
  [['glossa'], 'glossa', ['debug']],
  [['node', 'main.js'], 'node', ['main.js', 'debug']],
  [['bin/glossa'], '/work space/bin/glossa', ['debug']],
  [['/usr/bin/glossa'], '/usr/bin/glossa', ['debug']],
  [[], 'glossa', ['debug']],
])('%j starts %s %j', (command, program, args) => {
  const from = { command, folder: '/work space' };
  expect(programOf(from)).toBe(program);
  expect(argumentsOf(from, 'debug')).toEqual(args);
});
