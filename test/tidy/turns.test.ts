/**
 * Tests of the table in `runtime/core/turn.ts`, which lists the code that the end of a turn may
 * abandon half-way.
 */
import { expect, it } from 'vitest';
import { readImports } from './imports.ts';
import { readSources } from './sources.ts';

const TURN = 'runtime/core/turn.ts';
/** Makes turns endable: its code runs around a turn, not in one. */
const ENDS_TURNS = 'runtime/sys/end-turn.ts';
const files = readSources('.ts').filter(({ path }) => !path.endsWith('.test.ts'));
const readText = (path: string): string => files.find((file) => file.path === path)?.text ?? '';
const findPaths = (pattern: RegExp): string[] =>
  files.filter(({ text }) => pattern.test(text)).map(({ path }) => path);

const rows = [...readText(TURN).matchAll(/^ \* \| `([^`]+\.ts)` \| (.*) \| .* \|$/gm)].map(
  ([, path, marks]) => ({
    path: path!,
    marks: [...marks!.matchAll(/`(\w+)`/g)].map(([, mark]) => mark!),
  }),
);

it('each file in the table of turns sets the marks of its row', () => {
  expect(rows.length).toBeGreaterThan(0);
  for (const { path, marks } of rows) {
    expect(marks, path).not.toEqual([]);
    for (const mark of marks)
      expect(readText(path), `${path}: ${mark}`).toMatch(
        new RegExp(`\\b${mark}(?:: [^=;\\n]+)? (?:=|\\+=) `),
      );
  }
});

it('every file that begins or ends turns of the event loop is in the table of turns', () => {
  const importers = files
    .filter(({ text }) =>
      /\b(?:runEndable|runSharedTurn|onTurnAbandoned|setTurnRunner)\(/.test(text),
    )
    .filter((file) => readImports(file).some(({ target }) => target === TURN))
    .map(({ path }) => path);
  expect(importers.length).toBeGreaterThan(1);
  const known = [ENDS_TURNS, ...rows.map(({ path }) => path)];
  expect(importers.filter((path) => !known.includes(path))).toEqual([]);
});

it('only the files in the table of turns set the marks of a turn', () => {
  const findSetters = (mark: string) => findPaths(new RegExp(`\\bturn\\.${mark} (?:[-+]?=) `));
  expect(findSetters('isShared')).toEqual([TURN]);
  expect(findSetters('slowCallCount')).toEqual(['bridges/host/limits/interpreter-gate.ts']);
});
