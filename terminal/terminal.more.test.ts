import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../runtime/sys/paths.ts';
import { GLOSSA, run, withScratch } from '../test/support/mount.ts';
import { isSkipped } from '../test/support/obstacle.ts';
import { readSlowly } from '../test/support/slow-reader.ts';
import { coloured, paint } from './terminal.ts';

describe('colour', () => {
  it.each([
    [true, {}, true],
    [true, { TERM: 'xterm' }, true],
    [true, { TERM: 'dumb' }, false],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '' }, true],
    [false, {}, false],
    [undefined, {}, false],
  ])('with isTTY %s and %j: %s', (isTTY, env, expected) => {
    expect(coloured(isTTY === undefined ? {} : { isTTY }, env)).toBe(expected);
  });

  it('is left out where nobody sees it', () => {
    expect(paint('error', 'oh', true)).toBe('\x1b[1m\x1b[31moh\x1b[39m\x1b[22m');
    expect(paint('error', 'oh', false)).toBe('oh');
  });
});

describe('a full disk', () => {
  const sentence = 'glossa: cannot write standard output: No space left on device\n';

  it.each([
    ['version'],
    ['help'],
    ['help', 'types'],
    ['new', 'include-dir'],
    ['graph', 'volfiles/posix.vol'],
  ])('is a failure of glossa %s %s', (...args) =>
    withScratch(async (scratch) => {
      const script = `cd '${packageRoot}' && exec "$0" "$@" > /dev/full`;
      const ended = await run(scratch, 'sh', ['-c', script, process.execPath, GLOSSA, ...args]);
      expect(ended).toMatchObject({ status: 1, err: sentence });
    }),
  );

  const why = process.getuid?.() === 0 ? '' : 'only root can mount a disk';

  it.skipIf(isSkipped('output to a full disk', why))(
    'with room for only a part of the output makes the command fail',
    () =>
      withScratch(async (scratch) => {
        await scratch.file('wrong.vol', manyMistakes);
        const disk = await scratch.folder('disk');
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', disk]);
        const command = 'exec "$0" "$@" check --json wrong.vol >disk/out';
        const ended = await run(scratch, 'sh', ['-c', command, process.execPath, GLOSSA]);
        expect(ended).toMatchObject({ status: 1, err: expect.stringContaining(sentence) });
        expect(statSync(`${disk}/out`).size).toBe(65_536);
      }),
  );
});

/** 400 errors, which are 200 KB as JSON. */
const manyMistakes = Array.from(
  { length: 400 },
  (_, i) => `volume v${i}\n type storage/memory\n option size wrong\nend-volume\n`,
).join('');

describe('a pipe', () => {
  it('whose reader is slow gets all of a long output', () =>
    withScratch(async (scratch) => {
      await scratch.file('wrong.vol', manyMistakes);
      const { status, out } = await readSlowly(scratch, ['check', '--json', 'wrong.vol']);
      expect(status).toBe(1);
      expect(JSON.parse(out).files[0].problems.length).toBeGreaterThan(399);
      expect(out.length).toBeGreaterThan(2 * 65_536);
    }));

  it('whose reader has read enough is no failure', () =>
    withScratch(async (scratch) => {
      const script = 'exec "$0" "$@" | head -1';
      const args = ['-o', 'pipefail', '-c', script, process.execPath, GLOSSA, 'help'];
      expect(await run(scratch, 'bash', args)).toMatchObject({ status: 0, err: '' });
    }));

  it('whose reader stops reading is left by the first signal', () =>
    withScratch(async (scratch) => {
      await scratch.file('wrong.vol', manyMistakes);
      // The reader reads nothing, and ends when the writer has.
      const script =
        '{ "$0" "$@" check --json wrong.vol & echo $! >pid; wait $!; echo $? >status; : >done; } | ' +
        '{ until test -s pid; do sleep 0.05; done; read -r -N 1 _; kill $(cat pid); ' +
        'until test -e done; do sleep 0.05; done; }; cat status';
      const ended = await run(scratch, 'bash', ['-c', script, process.execPath, GLOSSA]);
      expect(ended).toMatchObject({ status: 0, out: '143\n' });
    }));
});
