/** Tests of the form of source files: length, headers, and no unfinished work. */
import { describe, expect, it } from 'vitest';
import { readSources } from './sources.ts';

const LINES_MAX = 700;

describe('in the sources,', () => {
  const code = readSources('.ts', '.py', '.mjs', '.js');

  it(`no file is longer than ${LINES_MAX} lines`, () => {
    const long = code
      .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
      .filter(({ lines }) => lines > LINES_MAX);
    expect(long).toEqual([]);
  });

  it('every TypeScript file of the product begins with a header', () => {
    const silent = readSources('.ts').filter(
      ({ path, text }) =>
        /^(runtime|gluster|bridges|server|terminal|apps|cli)\//.test(path) &&
        !/\.(d|test)\.ts$|\/testdata\//.test(path) &&
        !/^(#!.*\n)?\/\*\*/.test(text),
    );
    expect(silent.map(({ path }) => path)).toEqual([]);
  });

  it('no file contains a focused test or a mark of unfinished work', () => {
    const marks = new RegExp(
      `\\b(${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX'].join('|')})\\b|\\.(only|todo)\\(`,
    );
    const marked = code.filter(({ text }) => marks.test(text)).map(({ path }) => path);
    expect(marked).toEqual([]);
  });
});
