/** Volfiles with very many mistakes: their reports stay short and are made fast. */
import { expect, it } from 'vitest';
import { formatProblems, listProblems } from './problems.ts';
import { Source } from './source.ts';
import { registry } from './testdata/registry.ts';
import { inspectVolfile } from './volfile.ts';

const volume = (name: string, body: string): string => `volume ${name}\n${body}\nend-volume\n`;
const leaf = volume('a', ' type storage/posix\n option directory /d');
const many = (count: number, make: (i: number) => string, between = ''): string =>
  Array.from({ length: count }, (_, i) => make(i)).join(between);

/** Texts of hundreds of kilobytes, on which a quadratic check would take minutes. */
const texts: Record<string, string> = {
  'a subvolume again and again': `${leaf}volume b\n type features/maybe\n subvolumes${' a'.repeat(100_000)}\nend-volume\n`,
  'subvolumes that are not there': `${leaf}volume b\n type features/maybe\n subvolumes ${many(50_000, (i) => `x${i}`, ' ')}\nend-volume\n`,
  'one long loop': many(5_000, (i) =>
    volume(`v${i}`, ` type features/maybe\n subvolumes v${(i + 1) % 5_000}`),
  ),
  'a chain upside down': many(5_000, (i) =>
    volume(`v${i}`, ` type features/maybe\n subvolumes v${i + 1}`),
  ),
  'every volume below every volume': many(150, (i) =>
    volume(`v${i}`, ` type features/maybe\n subvolumes ${many(150, (j) => `v${j}`, ' ')}`),
  ),
  'unknown options': `volume a\n type storage/posix\n${many(20_000, (i) => ` option zz${i} 1\n`)}end-volume\n`,
  'an option again and again': `volume a\n type storage/posix\n${' option directory /d\n'.repeat(20_000)}end-volume\n`,
  'unknown types': many(5_000, (i) => volume(`v${i}`, ` type storage/possix${i}`)),
  'a volume again and again': leaf.repeat(5_000),
  'volumes in volumes': 'volume a\n'.repeat(20_000),
  'names that are missing': 'volume\n'.repeat(20_000),
  'ends of nothing': 'end-volume\n'.repeat(20_000),
  'keywords on a line': `${'('.repeat(100_000)}\n${'volume '.repeat(20_000)}`,
  backticks: `volume a\n type ${'`'.repeat(100_000)}\n`,
  'a string without an end': `volume a\n type storage/posix\n option x "${'a\n'.repeat(20_000)}`,
  'a long value': `volume a\n type storage/posix\n option zz ${'y'.repeat(2_000_000)}\nend-volume\n`,
  'two long names': volume(
    'n'.repeat(200_000),
    ` type features/maybe\n subvolumes ${'n'.repeat(200_001)}`,
  ),
};

it.each(Object.entries(texts))(
  'the report on a volfile with %s has a limited number of lines and characters',
  (_what, text) => {
    const { problems, sources } = inspectVolfile(new Source('x.vol', text), { registry });
    expect(problems.length).toBeGreaterThan(0);
    const shown = formatProblems(problems, sources);
    expect(shown.length).toBeLessThan(100_000);
    const lines = listProblems(problems);
    expect(lines.length).toBeLessThanOrEqual(101);
    expect(lines.join('\n').length).toBeLessThan(100_000);
    expect(Math.max(...shown.split('\n').map((line) => line.length))).toBeLessThan(500);
  },
);

it('a long report on a volfile shows errors first, and the number of omitted problems', () => {
  const options = many(150, (i) => ` option zz${i} 1\n`);
  const text = `volume a\n type storage/posix\n${options}end-volume\nvolume a\n`;
  const { problems } = inspectVolfile(new Source('x.vol', text), { registry });
  const lines = listProblems(problems);
  expect(lines.filter((line) => line.includes(': error: ')).length).toBe(
    problems.filter(({ severity }) => severity === 'error').length,
  );
  expect(lines.length).toBe(101);
  expect(lines.at(-1)).toBe(`… and ${problems.length - 100} warnings more`);
});

it('a subvolume that is named many times gets one warning, with the number of times', () => {
  const text = `${leaf}${volume('b', ' type features/maybe\n subvolumes a a a')}`;
  const { problems } = inspectVolfile(new Source('x.vol', text), { registry });
  expect(listProblems(problems.filter(({ code }) => code === 'repeated-subvolume'))).toEqual([
    "x.vol:7:15: warning: volume 'b' has 'a' as a subvolume 3 times",
  ]);
});

it('a loop of subvolumes is reported once, and a long loop is abbreviated', () => {
  const ring = (count: number): string =>
    many(count, (i) => volume(`v${i}`, ` type features/maybe\n subvolumes v${(i + 1) % count}`));
  const listErrors = (count: number): string[] =>
    listProblems(inspectVolfile(new Source('x.vol', ring(count)), { registry }).problems);
  expect(listErrors(3)).toEqual([
    "x.vol:3:13: error: subvolumes form a loop: 'v0' → 'v1' → 'v2' → 'v0'",
  ]);
  expect(listErrors(1000)).toEqual([
    "x.vol:3:13: error: subvolumes form a loop: 'v0' → 'v1' → 'v2' → 'v3' → 'v4' → (991 more) → " +
      "'v996' → 'v997' → 'v998' → 'v999' → 'v0'",
  ]);
});

it('a problem in a long line of a volfile is shown with the part of the line around it', () => {
  const text = `volume a ${'x '.repeat(5_000)}\n type storage/posix "\n`;
  const { problems, sources } = inspectVolfile(new Source('x.vol', text), { registry });
  const problem = problems.find(({ line }) => line === 1)!;
  const [, line, carets] = formatProblems([problem], sources).split('\n');
  expect(line).toBe(`  volume a ${'x '.repeat(75)}x…`);
  expect(carets).toBe(`  ${' '.repeat('volume a '.length)}^`);
  const far = { ...problem, column: 8000, length: 3 };
  const [, farLine, farCarets] = formatProblems([far], sources).split('\n');
  expect([farLine!.length, farLine!.slice(0, 3), farLine!.at(-1)]).toEqual([164, '  …', '…']);
  expect(farCarets).toBe(`  ${' '.repeat(61)}^^^`);
});

it('a graph of more than 256 levels is refused with one error', () => {
  const deep = (count: number) =>
    leaf.replace('volume a', 'volume v0') +
    many(count - 1, (i) => volume(`v${i + 1}`, ` type features/maybe\n subvolumes v${i}`));
  const inspect = (text: string) => inspectVolfile(new Source('x.vol', text), { registry });
  expect(inspect(deep(256)).problems).toEqual([]);
  expect(listProblems(inspect(deep(2_000)).problems)).toEqual([
    expect.stringMatching(
      /^x\.vol:.*: error: volume 'v256' has 256 volumes one below the other: there may be 255$/,
    ),
  ]);
});
