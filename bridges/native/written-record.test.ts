import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GraphError } from '../../runtime/core/errors.ts';
import { fopNames } from '../../runtime/core/gen/fops.gen.ts';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { checkWrittenRecord } from './written-record.ts';

const findProblems = (source: string, hasTypes = true): readonly string[] => {
  try {
    checkWrittenRecord('m.ts', source, hasTypes);
    return [];
  } catch (error) {
    return (error as GraphError).problems;
  }
};

describe('the check of a translator record as it is written', () => {
  it('names each unknown field and fop with its line and column', () => {
    const source = `import { defineTranslator, tail } from 'glossa';

export default defineTranslator<{ suffx: string }, typeof options>({
  tpye: 'features/keep',
  fops: {
    unlnk(frame, xl, loc) {
      const unrelated = { nofop: { fops: { nofop() {} } } };
      tail.unlink(frame, xl.children[0]!, loc, 0, null);
    },
    'lokup': async () => {},
    open,
  },
});
`;
    expect(findProblems(source)).toEqual([
      "m.ts:4:3: 'tpye' is no field of a translator (did you mean 'type'?)",
      "m.ts:6:5: fops.unlnk: there is no such fop (did you mean 'unlink'?)",
      "m.ts:10:5: fops.lokup: there is no such fop (did you mean 'lookup'?)",
    ]);
    expect(findProblems(source.replaceAll('\n', '\r\n'))).toHaveLength(3);
  });

  it.each([
    'defineTranslator(record)',
    'defineTranslator({ ...base, fops })',
    'defineTranslator({ fops: makeFops({ nofop: 1 }) })',
    'defineTranslator({ fops: ({ priv }) => ({ ...priv.fops, nofop }) })',
    'defineTranslator({ fops: { [name]: open, ...others, get stat() { return { a: 1 }; } } })',
    'const text = `defineTranslator({ nofop: 1 })`; // defineTranslator({ nofop: 1 })',
    "const type: { defineTranslator(a: { nofop: 1 }): 'x' } = x",
  ])('leaves what a module computes to its start: %s', (source) => {
    expect(findProblems(source)).toEqual([]);
  });

  it('accepts every fop in every way to write a key, and finds one wrong name among them', () => {
    const writeKey = fc.constantFrom<(name: string) => string>(
      (name) => name,
      (name) => `${name}: f`,
      (name) => `'${name}': f`,
      (name) => `"${name}"(frame, { a, b }) { return { c: a, d() {} }; }`,
      (name) => `async ${name}(frame) { /* } */ const t = \`}\${{ e: 1 }.e}\`; }`,
      (name) => `${name}: (frame, xl, loc) => tail.open({ f: /[}]/, loc })`,
    );
    const keys = fc.array(fc.tuple(fc.constantFrom(...fopNames), writeKey), { maxLength: 8 });
    const write = (parts: readonly string[]) =>
      `export default defineTranslator({ type: 'a/b', fops: {\n${parts.join(',\n')}\n}, init() {} })`;
    fc.assert(
      fc.property(keys, writeKey, fc.nat(), (all, writeWrong, at) => {
        const parts = all.map(([name, writeRight]) => writeRight(name));
        expect(findProblems(write(parts), false)).toEqual([]);
        const line = at % (parts.length + 1);
        const wrong = parts.toSpliced(line, 0, writeWrong('unlnk'));
        expect(findProblems(write(wrong), false)).toEqual([
          expect.stringMatching(
            new RegExp(`^m\\.ts:${line + 2}:\\d+: fops\\.unlnk: .*'unlink'\\?\\)$`),
          ),
        ]);
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['in the record', 'defineTranslator({ fops: { readdirp, stat() {} } })'],
    ['in a constant', 'const fops: Fops<S> = { readdirp, stat() {} };\ndefineTranslator({ fops })'],
    [
      'in a constant of another name',
      'const a = { readdirp, stat };\ndefineTranslator({ fops: a })',
    ],
  ])('returns the fops that are written %s', (_, source) => {
    const written = checkWrittenRecord('m.ts', source, true);
    expect([...written!.names].sort()).toEqual(['readdirp', 'stat']);
  });

  it.each([
    'defineTranslator({ ...base, fops: { stat } })',
    'defineTranslator({ fops: { ...base, stat } })',
    'defineTranslator({ fops: { stat, [name]: stat } })',
    'defineTranslator({ fops: makeFops() })',
    'defineTranslator({ fops() { return { stat }; } })',
    'const fops = makeFops(); defineTranslator({ fops })',
    'defineTranslator({ fops: { stat } }); defineTranslator({ fops: { stat } })',
  ])('returns no fops if the module computes some: %s', (source) => {
    expect(checkWrittenRecord('m.ts', source, true)).toBeNull();
  });

  it('returns the flags, null for those that the module computes', () => {
    const source =
      'defineTranslator({ fops: { stat: (f, x, ...args) => g({ ...x }) }, observes: true, passesThrough: a || b })';
    expect(checkWrittenRecord('m.ts', source, true)?.flags).toEqual({
      passesThrough: null,
      observes: true,
      watches: undefined,
    });
  });

  const folders = ['runtime/xlators', 'gluster', 'examples', 'templates', 'bridges'];
  const modules = folders
    .flatMap((folder) =>
      readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' }).map((path) =>
        join(packageRoot, folder, path),
      ),
    )
    .filter(
      (path) =>
        path.endsWith('.ts') &&
        !path.endsWith('.test.ts') &&
        readFileSync(path, 'utf8').includes('export default defineTranslator'),
    );

  it('finds nothing in any translator of glossa', () => {
    expect(modules.length).toBeGreaterThan(20);
    for (const path of modules) {
      expect(findProblems(readFileSync(path, 'utf8')), path).toEqual([]);
    }
  });
});
