import { describe, expect, it } from 'vitest';
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
