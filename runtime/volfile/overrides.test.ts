/** `--xlator-option`: volumes that it matches, values that it replaces, and its errors. */
import { expect, test } from 'vitest';
import { toPlainVolumes } from './description.ts';
import { formatProblem, formatProblems } from './problems.ts';
import { formatPlace, Source } from './source.ts';
import { registry } from './testdata/registry.ts';
import { inspectVolfile, readVolfile } from './volfile.ts';

const source = new Source(
  'x.vol',
  `volume b0 type storage/posix option directory /b0 end-volume
volume b1 type storage/posix option directory /b1 option log-level INFO end-volume
volume my.dht type cluster/distribute subvolumes b0 b1 end-volume`,
);

const optionsAfter = (...overrides: string[]) =>
  Object.fromEntries(
    toPlainVolumes(readVolfile(source, { registry, overrides }).description).map((volume) => [
      volume.name,
      Object.fromEntries(volume.options),
    ]),
  );

const problemsOf = (...overrides: string[]) =>
  inspectVolfile(source, { registry, overrides }).problems.map(formatProblem);

test('an override replaces the value of an option in the volfile, or in an earlier override', () => {
  expect(optionsAfter('b0.directory=/x', 'b0.directory=/y=z.w', 'b1.log-level=DEBUG')).toEqual({
    b0: { directory: '/y=z.w' },
    b1: { directory: '/b1', 'log-level': 'DEBUG' },
    'my.dht': {},
  });
});

test.each([
  ['*.log-level=ERROR', ['b0', 'b1', 'my.dht']],
  ['b?.log-level=ERROR', ['b0', 'b1']],
  ['b[!0-0].log-level=ERROR', ['b1']],
  ['[a-c]0.log-level=ERROR', ['b0']],
  ['my?dht.log-level=ERROR', ['my.dht']],
])('the override %s applies to the volumes %j', (override, reached) => {
  const options = optionsAfter(override);
  expect(Object.keys(options).filter((name) => options[name]!['log-level'] === 'ERROR')).toEqual(
    reached,
  );
});

test.each([
  ['b0', "has no '.'"],
  ['b0=1.5', "has no '.' before its '='"],
  ['b0.key', "has no '='"],
  ['.key=1', 'names no volume'],
  ['b0.=1', 'has no key'],
  ['b0.key=', 'has no value'],
  ['', "has no '.'"],
])('the override %j is refused as malformed', (override, why) => {
  expect(problemsOf(override)).toEqual([
    `--xlator-option:1:1: error: expected VOLUME.KEY=VALUE, found '${override}', which ${why}`,
  ]);
});

test('a problem names an override by its number, even after one that contains a line break', () => {
  expect(
    problemsOf('b0.directory=/x', 'b0.directory=/a\nb', 'b2.k=v', 'zzz.k=v', '[9-0]*.k=v'),
  ).toEqual([
    "--xlator-option:2:1: error: expected VOLUME.KEY=VALUE, found 'b0.directory=/a␊b', " +
      'which contains the end of a line',
    "--xlator-option:3:1: error: no volume is called 'b2' (did you mean 'b0'?)",
    "--xlator-option:4:1: error: no volume is called 'zzz'",
    "--xlator-option:5:1: error: no volume is called '[9-0]*'",
  ]);
});

test('an override of a volume whose name has a dot is refused, with a pattern that matches the name', () => {
  expect(problemsOf('my.dht.k=v')).toEqual([
    "--xlator-option:1:1: error: no volume is called 'my' (for 'my.dht' write 'my?dht')",
  ]);
});

test('a wrong value in an override is shown at its position there', () => {
  const overrides = ['b0.directory=/x', 'b0.directory=data'];
  const { problems, sources } = inspectVolfile(source, { registry, overrides });
  expect(problems.map((problem) => formatPlace(problem))).toEqual(['--xlator-option:2:14']);
  expect(formatProblems(problems, sources).split('\n').slice(1)).toEqual([
    '  b0.directory=data',
    '               ^^^^',
  ]);
});

test('problems of the volfile are listed before those of the overrides', () => {
  const wrong = new Source('a.vol', 'volume a type storage/posx end-volume');
  const { problems } = inspectVolfile(wrong, { registry, overrides: ['b.k=v'] });
  expect(problems.map(({ code }) => code)).toEqual(['unknown-type', 'override-without-volume']);
});
