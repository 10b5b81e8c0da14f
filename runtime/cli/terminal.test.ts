import { describe, expect, it } from 'vitest';
import { GLOSSA, run, withScratch } from '../../test/support/mount.ts';
import { packageRoot } from '../sys/paths.ts';
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
    expect(paint('error', 'oh', true)).toBe('\x1b[1;31moh\x1b[0m');
    expect(paint('error', 'oh', false)).toBe('oh');
  });
});

describe('a full disk', () => {
  const sentence = 'glossa: cannot write standard output: No space left on device\n';

  it.each([
    ['version'],
    ['help'],
    ['help', 'types'],
    ['include-dir'],
    ['graph', 'volfiles/posix.vol'],
  ])('is a failure of glossa %s %s', (...args) =>
    withScratch(async (scratch) => {
      const script = `cd '${packageRoot}' && exec "$0" "$@" > /dev/full`;
      const ended = await run(scratch, 'sh', ['-c', script, process.execPath, GLOSSA, ...args]);
      expect(ended).toMatchObject({ status: 1, err: sentence });
    }),
  );

  it('is nothing to who has read enough', () =>
    withScratch(async (scratch) => {
      const script = 'exec "$0" "$@" | head -1';
      const args = ['-o', 'pipefail', '-c', script, process.execPath, GLOSSA, 'help'];
      expect(await run(scratch, 'bash', args)).toMatchObject({ status: 0, err: '' });
    }));
});
