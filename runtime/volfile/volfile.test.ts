/** Right volfiles: how they are read, printed, and read again. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FakeContext } from '../../test/support/core.ts';
import {
  findChildIndices,
  findTopVolume,
  type PlainVolume,
  printVolumes,
  printWord,
  toPlainVolumes,
} from './description.ts';
import { inspectVolumes } from './inspect-volumes.ts';
import { VolfileError } from './problems.ts';
import { Registry } from './registry.ts';
import { formatPlace, Source } from './source.ts';
import { registry } from './testdata/registry.ts';
import { inspectVolfile, readVolfile } from './volfile.ts';

const read = (text: string) => readVolfile(new Source('x.vol', text)).description;
const plain = (text: string) => toPlainVolumes(read(text));

/** Sizes are those of the tutorial's slides; the third was never shown. */
const TUTORIAL = [
  ['tutorial.vol', 50, 1031],
  ['tutorial-negative.vol', 55, 1120],
  ['tutorial-glupy.vol', 56, 1149],
] as const;

describe.each(TUTORIAL)('the tutorial’s %s', (file, lines, bytes) => {
  const text = readFileSync(new URL(`testdata/${file}`, import.meta.url), 'utf8');

  test('has as many lines and bytes in testdata as the original', () => {
    expect(text.split('\n').length - 1).toBe(lines);
    expect(Buffer.byteLength(text)).toBe(bytes);
  });

  test('is read without a warning and printed identically', () => {
    const { description, warnings } = readVolfile(new Source(file, text), { registry });
    expect(warnings).toEqual([]);
    expect(findTopVolume(description).name.text).toBe('test');
    expect(printVolumes(toPlainVolumes(description))).toBe(text);
  });
});

describe('a volfile', () => {
  test('may have several statements on a line and a statement on several lines', () => {
    const expected: PlainVolume[] = [
      { name: 'a', type: 'storage/posix', options: [['directory', '/d']], subvolumes: [] },
      { name: 'b', type: 'x/y', options: [['k', 'v']], subvolumes: ['a'] },
    ];
    expect(
      plain(
        'volume a type storage/posix option directory /d end-volume volume\n\n b\r\n' +
          '\ttype\n # why\n x/y option k\n v subvolumes\n a\nend-volume',
      ),
    ).toEqual(expected);
  });

  test('may have options before and after subvolumes, and a volume with a type alone', () => {
    const [, volume] = plain(
      'volume a type t end-volume volume b type t option x 1 subvolumes a option y 2 end-volume',
    );
    expect(volume!.options).toEqual([
      ['x', '1'],
      ['y', '2'],
    ]);
  });

  test('may begin with a byte order mark and spell subvolumes as subvolumeS', () => {
    const [, volume] = plain(
      '\uFEFFvolume a type t end-volume volume b type t subvolumeS a end-volume',
    );
    expect(volume!.subvolumes).toEqual(['a']);
  });

  test('may have keywords as words when they are quoted or part of a longer word', () => {
    expect(plain('volume "volume" type types option "type" "end-volume" end-volume')).toEqual([
      { name: 'volume', type: 'types', options: [['type', 'end-volume']], subvolumes: [] },
    ]);
  });

  test('needs no space between a word and a quoted word', () => {
    expect(plain('volume"x"type t option a"b c"end-volume')).toEqual([
      { name: 'x', type: 't', options: [['a', 'b c']], subvolumes: [] },
    ]);
  });

  test('reads the character after a backslash in quotes literally', () => {
    expect(
      plain(String.raw`volume a type t option k "\"\\\n\`x\`" end-volume`)[0]!.options,
    ).toEqual([['k', '"\\n`x`']]);
  });

  test("has a comment after a '#' at the beginning of a word, but not inside a word", () => {
    expect(plain('#x\nvolume a#b type "t"#c "\n option "#" # `x`\n v end-volume # end')).toEqual([
      { name: 'a#b', type: 't', options: [['#', 'v']], subvolumes: [] },
    ]);
  });

  test('with an option given twice uses the last value', () => {
    expect(
      plain('volume a type t option k 1 option l 2 option k 3 end-volume')[0]!.options,
    ).toEqual([
      ['l', '2'],
      ['k', '3'],
    ]);
  });

  test('is read with the line, column and length of each word', () => {
    const { volumes } = read('volume a\n\ttype t\n\toption k "v w"\nend-volume\n');
    const { name, type, options } = volumes[0]!;
    const [{ key, value }] = options as [(typeof options)[0]];
    expect([name, type, key, value].map(({ place }) => [formatPlace(place), place.length])).toEqual(
      [
        ['x.vol:1:8', 1],
        ['x.vol:2:7', 1],
        ['x.vol:3:9', 1],
        ['x.vol:3:11', 5],
      ],
    );
  });

  test('with a subvolume named twice has one edge to it in the graph', () => {
    const volumes = plain(
      'volume a type t end-volume volume b type t subvolumes a end-volume ' +
        'volume c type t subvolumes b a b end-volume',
    );
    expect(findChildIndices(volumes)).toEqual([[], [0], [1, 0]]);
  });
});

describe('a printed volfile', () => {
  test('has quotes only around words that need them', () => {
    const words = ['a/b', 'a#b', '#a', 'type', 'types', 'subvolumeS', 'a b', 'a"b', 'a\\b', 'a`b'];
    expect(words.map(printWord)).toEqual([
      'a/b',
      'a#b',
      '"#a"',
      '"type"',
      'types',
      '"subvolumeS"',
      '"a b"',
      '"a\\"b"',
      '"a\\\\b"',
      '"a\\`b"',
    ]);
  });

  test('cannot have empty words, newlines or NULs', () => {
    expect(() => printWord('')).toThrow(RangeError);
    expect(() => printWord('a\nb')).toThrow(RangeError);
    expect(() => printWord('a\0b')).toThrow(RangeError);
  });

  const odd = fc.constantFrom(
    ...[
      '"',
      '\\',
      '#',
      '`',
      ' ',
      '\t',
      '\r',
      '\f',
      '\x01',
      'é',
      '\u2028',
      '😀',
      '\udc80',
      '\uFEFF',
    ],
    ...['volume', 'type', 'option', 'subvolumes', 'subvolumeS', 'end-volume', 'a', '/', '-', '1'],
  );
  const word = fc.oneof(
    fc.array(odd, { minLength: 1, maxLength: 5 }).map((letters) => letters.join('')),
    fc.string({ minLength: 1, unit: 'binary' }).filter((text) => !/[\n\0]/.test(text)),
  );
  const graph = fc.uniqueArray(word, { minLength: 1, maxLength: 6 }).chain((names) =>
    fc.tuple(
      ...names.map((name, i) =>
        fc.record({
          name: fc.constant(name),
          type: word,
          options: fc.uniqueArray(fc.tuple(word, word), { selector: ([key]) => key, maxLength: 4 }),
          subvolumes: i === 0 ? fc.constant([]) : fc.subarray(names.slice(0, i)),
        }),
      ),
    ),
  );

  test('is read back as the same volumes', () => {
    fc.assert(
      fc.property(graph, (volumes) => {
        const text = printVolumes(volumes);
        expect(plain(text)).toEqual(volumes);
        expect(printVolumes(plain(text))).toBe(text);
      }),
      { numRuns: 500 },
    );
  });
});

describe('an arbitrary text as a volfile', () => {
  const scraps = fc.constantFrom(
    ...['volume', 'type', 'option', 'subvolumes', 'end-volume', 'end_volume', 'tpye', 'a', 'b'],
    ...['storage/posix', 'features/negative', '"', '\\', '`', '#', ' ', ' ', ' ', '\n', '\n', '\r'],
    ...['\uFEFF', '\0', '\udc80', '😀', 'é'],
  );
  const text = fc.oneof(
    fc.array(scraps, { maxLength: 60 }).map((parts) => parts.join('')),
    fc.array(scraps, { maxLength: 60 }).map((parts) => parts.join(' ')),
    fc.string({ unit: 'binary', maxLength: 200 }),
  );

  test('gets a description of its volumes, or a list of errors with valid positions', () => {
    fc.assert(
      fc.property(text, fc.array(fc.string(), { maxLength: 2 }), (written, overrides) => {
        const source = new Source('x.vol', written);
        const { problems, sources, description } = inspectVolfile(source, { registry, overrides });
        for (const { file, line, column, length } of problems) {
          const [at] = sources.filter((candidate) => candidate.file === file);
          const room = at!.readLine(line).length + 1;
          expect(column).toBeGreaterThanOrEqual(1);
          expect(length).toBeGreaterThanOrEqual(1);
          expect(column + length - 1).toBeLessThanOrEqual(room);
        }
        expect(problems.some(({ severity }) => severity === 'error')).toBe(!description);
      }),
      { numRuns: 2000 },
    );
  });

  test('is read, or refused with a VolfileError', () => {
    fc.assert(
      fc.property(text, (written) => {
        try {
          readVolfile(new Source('x.vol', written), { registry, strict: true });
        } catch (error) {
          expect(error).toBeInstanceOf(VolfileError);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('made by damaging a volfile is described or refused', () => {
    const whole = readFileSync(new URL('testdata/tutorial.vol', import.meta.url), 'utf8');
    const offset = fc.nat(whole.length);
    fc.assert(
      fc.property(offset, offset, text, (from, to, patch) => {
        const damaged =
          whole.slice(0, Math.min(from, to)) + patch + whole.slice(Math.max(from, to));
        const { problems, description } = inspectVolfile(new Source('x.vol', damaged), {
          registry,
        });
        expect(description !== undefined || problems.length > 0).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('with 20,000 mistakes is read to its end', () => {
    const count = 20_000;
    const source = new Source('x.vol', `volume a type t\n${'opton k v\n'.repeat(count)}end-volume`);
    const { problems } = inspectVolfile(source);
    expect(problems.filter(({ code }) => code === 'misspelt-keyword').length).toBe(count);
  });

  // More than the arguments of a call.
  const MANY = 150_000;

  test('with 150,000 subvolumes of a volume is described with all of them', () => {
    const names = 'a '.repeat(MANY);
    const source = new Source(
      'x.vol',
      `volume a type t end-volume\nvolume b type t subvolumes ${names}end-volume`,
    );
    expect(readVolfile(source).description.volumes[1]!.subvolumes.length).toBe(MANY);
  });

  test('with 150,000 problems still has all of them after a check of its volumes', async () => {
    const inspection = inspectVolfile(
      new Source('x.vol', 'volume a type t option x "" end-volume'),
    );
    const problems = Array.from({ length: MANY }, () => inspection.problems[0]!);
    const how = { registry: new Registry([]), strict: false, makeContext: () => new FakeContext() };
    const inspected = await inspectVolumes({ ...inspection, problems }, how);
    expect(inspected.problems.length).toBe(MANY);
    expect(inspected.description).toBeUndefined();
  });
});
