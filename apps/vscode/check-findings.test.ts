/** The extension's problems from the output of `glossa check --json`. */
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GLOSSA, withScratch } from '../../test/support/mount.ts';
import { parseFindings, UnusableOutput } from './check-findings.ts';
import {
  checkVolfile,
  type GlossaCommand,
  makeArguments,
  resolveProgram,
} from './glossa-command.ts';

const bad = `volume mem
    type storage/memroy
end-volume
volume neg
    type features/negative
    option tiemout 3
    subvolumes mem
end-volume
`;

const start = (folder: string): GlossaCommand => ({ command: [process.execPath, GLOSSA], folder });
const never = new AbortController().signal;

describe('checkVolfile', () => {
  it('reports problems at their lines, and none once they are fixed', async () => {
    await withScratch(async (scratch) => {
      const path = await scratch.writeFile('a b.vol', bad);
      const found = await checkVolfile(start(dirname(path)), path, never);
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
      await scratch.writeFile('a b.vol', bad.replace('memroy', 'memory').replace('tiem', 'time'));
      expect([...(await checkVolfile(start(dirname(path)), path, never))]).toEqual([[path, []]]);
    });
  });

  it('reports a problem at the first line of an absent file', async () => {
    await withScratch(async (scratch) => {
      const path = scratch.at('none.vol');
      const found = await checkVolfile(start(scratch.path), path, never);
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
    ['an absent program', ['./no-such-program'], /no-such-program/],
    ['a program that prints nothing', ['true'], /did not print JSON: nothing/],
    ['a program that fails with a message', ['ls', '--no-such-flag'], /no-such-flag/],
    ['a program that prints other JSON', ['echo', '{}'], /did not print JSON/],
  ])('fails with the reason for %s', async (_, command, why) => {
    const asked = checkVolfile({ command, folder: '/' }, '/x.vol', never);
    await expect(asked).rejects.toThrow(UnusableOutput);
    await expect(asked).rejects.toThrow(why);
  });

  it('fails with UnusableOutput when it is aborted', async () => {
    const control = new AbortController();
    const asked = checkVolfile({ command: ['sleep'], folder: '/' }, '/x.vol', control.signal);
    control.abort();
    await expect(asked).rejects.toThrow(UnusableOutput);
  });
});

it.each(['', 'null', '[]', '{"files": 1}', 'glossa: no'])(
  'parseFindings refuses the output %j',
  (printed) => {
    expect(() => parseFindings(printed, '/x.vol')).toThrow(UnusableOutput);
  },
);

it.each([
  [['glossa'], 'glossa', ['debug']],
  [['node', 'main.js'], 'node', ['main.js', 'debug']],
  [['bin/glossa'], '/work space/bin/glossa', ['debug']],
  [['/usr/bin/glossa'], '/usr/bin/glossa', ['debug']],
  [[], 'glossa', ['debug']],
])(
  'the command %j of the settings starts the program %s with the arguments %j',
  (command, program, args) => {
    const from = { command, folder: '/work space' };
    expect(resolveProgram(from)).toBe(program);
    expect(makeArguments(from, 'debug')).toEqual(args);
  },
);
