import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../runtime/sys/paths.ts';
import { OTHER } from '../test/support/client.ts';
import { GLOSSA, run, withScratch } from '../test/support/mount.ts';
import { isSkipped } from '../test/support/obstacle.ts';
import { readSlowly } from '../test/support/slow-reader.ts';
import { copyUnreachable } from '../test/support/user.ts';
import { paint, supportsColour } from './terminal.ts';

describe('colour of the output', () => {
  it.each([
    [true, {}, true],
    [true, { TERM: 'xterm' }, true],
    [true, { TERM: 'dumb' }, false],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '' }, true],
    [false, {}, false],
    [undefined, {}, false],
  ])(
    'depends on the terminal and the environment: isTTY %s with %j gives %s',
    (isTTY, env, expected) => {
      expect(supportsColour(isTTY === undefined ? {} : { isTTY }, env)).toBe(expected);
    },
  );

  it('adds escape sequences only when it is on', () => {
    expect(paint('error', 'oh', true)).toBe('\x1b[1m\x1b[31moh\x1b[39m\x1b[22m');
    expect(paint('error', 'oh', false)).toBe('oh');
  });
});

const whyNotRoot = process.getuid?.() === 0 ? '' : 'needs root';

describe('a full disk', () => {
  const sentence = 'glossa: cannot write standard output: No space left on device\n';

  it.each([
    ['version'],
    ['help'],
    ['help', 'types'],
    ['new', 'include-dir'],
    ['graph', 'volfiles/posix.vol'],
  ])('makes glossa %s %s end with status 1 and an error message', (...args) =>
    withScratch(async (scratch) => {
      const script = `cd '${packageRoot}' && exec "$0" "$@" > /dev/full`;
      const ended = await run(scratch, 'sh', ['-c', script, process.execPath, GLOSSA, ...args]);
      expect(ended).toMatchObject({ status: 1, err: sentence });
    }),
  );

  it.skipIf(isSkipped('output to a full disk', whyNotRoot))(
    'ends a command with status 1, also when it fills up halfway through the output',
    () =>
      withScratch(async (scratch) => {
        await scratch.writeFile('wrong.vol', manyMistakes);
        const disk = await scratch.makeFolder('disk');
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

/** Writes the names of the loaded modules of Node into the file `loaded` at the end. */
const listLoaded = `
process.on('exit', () => {
  require('fs').writeFileSync('loaded', process.moduleLoadList.join('\\n'));
});
`;

describe('a command that writes to a pipe', () => {
  it('delivers its whole output to a slow reader', () =>
    withScratch(async (scratch) => {
      await scratch.writeFile('wrong.vol', manyMistakes);
      const { status, out } = await readSlowly(scratch, ['check', '--json', 'wrong.vol']);
      expect(status).toBe(1);
      expect(JSON.parse(out).files[0].problems.length).toBeGreaterThan(399);
      expect(out.length).toBeGreaterThan(2 * 65_536);
    }));

  it.skipIf(isSkipped("output to another user's pipe", whyNotRoot))(
    'delivers its output as another user than the one who made the pipe',
    () =>
      withScratch(async (scratch) => {
        const { wrapper, node, main } = await copyUnreachable(scratch, OTHER);
        const args = ['-o', 'pipefail', '-c', '"$0" "$@" | cat', ...wrapper, node, main, 'version'];
        const ended = await run(scratch, 'bash', args);
        expect(ended).toMatchObject({
          status: 0,
          out: expect.stringMatching(/^glossa \d/),
          err: '',
        });
      }),
  );

  // They take a good part of a start.
  it.each([['version'], ['check', 'memory.vol']])("does not load Node's streams: %s", (...args) =>
    withScratch(async (scratch) => {
      await scratch.writeFile('memory.vol', 'volume m\n type storage/memory\nend-volume\n');
      await scratch.writeFile('list.cjs', listLoaded);
      const script = `"$0" -r ./list.cjs '${GLOSSA}' "$@" | cat`;
      const ended = await run(scratch, 'bash', ['-c', script, process.execPath, ...args]);
      expect(ended).toMatchObject({ status: 0, out: expect.stringMatching(/glossa|memory/) });
      const loaded = readFileSync(scratch.at('loaded'), 'utf8').split('\n');
      expect(loaded).toContain('NativeModule fs');
      expect(loaded).not.toContain('NativeModule stream');
    }),
  );

  it('ends with status 0 when the reader closes the pipe early', () =>
    withScratch(async (scratch) => {
      const script = 'exec "$0" "$@" | head -1';
      const args = ['-o', 'pipefail', '-c', script, process.execPath, GLOSSA, 'help'];
      expect(await run(scratch, 'bash', args)).toMatchObject({ status: 0, err: '' });
    }));

  it('ends at the first signal when the reader has stopped reading', () =>
    withScratch(async (scratch) => {
      await scratch.writeFile('wrong.vol', manyMistakes);
      // The reader reads nothing, and ends when the writer has.
      const script =
        '{ "$0" "$@" check --json wrong.vol & echo $! >pid; wait $!; echo $? >status; : >done; } | ' +
        '{ until test -s pid; do sleep 0.05; done; read -r -N 1 _; kill $(cat pid); ' +
        'until test -e done; do sleep 0.05; done; }; cat status';
      const ended = await run(scratch, 'bash', ['-c', script, process.execPath, GLOSSA]);
      expect(ended).toMatchObject({ status: 0, out: '143\n' });
    }));
});
