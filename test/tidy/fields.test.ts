/**
 * Tests that `runtime/core/fields.ts` alone defines the fields of an iatt and of other structures:
 * no file written by hand repeats them.
 */
import { describe, expect, it } from 'vitest';
import { type Field, nameOf, type Struct, structs } from '../../runtime/core/fields.ts';
import { camelName } from '../../tools/gen/fields.ts';
import { outputs } from '../../tools/gen/outputs.ts';
import { type SourceFile, sources } from './sources.ts';

const TABLE = 'runtime/core/fields.ts';
/** Files generated from the table. */
const GENERATED = [
  'bridges/native/fields.gen.ts',
  'bridges/native/glossa_fields.gen.h',
  'javascript/glossa.gen.d.ts',
  'python/glupy/__init__.pyi',
  'python/glupy/_fields.py',
  'runtime/core/gen/fields.gen.ts',
  'runtime/core/gen/iatt.gen.ts',
  'runtime/observe/structs.gen.ts',
];

/** The table with one more row in the first of its structures, an iatt. */
function withOneMore([iatt, ...rest]: readonly Struct[]): Struct[] {
  const row: Field = { member: 'ia_one_more', kind: 'integer', about: 'a field', initial: 0 };
  return [{ ...iatt!, fields: [...iatt!.fields, row] }, ...rest];
}

describe('an additional row in the table of fields', () => {
  const one = /\b(ia_one_more|iaOneMore)\b/;
  const had = outputs()
    .filter(({ text }) => one.test(text))
    .map(({ path }) => path);
  const has = outputs(withOneMore(structs)).filter(({ text }) => one.test(text));

  it('appears in every file that is generated from the table', () => {
    expect(had).toEqual([]);
    expect(has.map(({ path }) => path).sort()).toEqual(GENERATED);
  });

  it('keeps its place in the generated code for C', () => {
    const text = (path: string): string => has.find((each) => each.path === path)!.text;
    expect(text('bridges/native/fields.gen.ts')).toMatch(
      /f64\[at\+\+\] = from\.iaAttributesMask;\n +f64\[at\+\+\] = from\.iaOneMore;/,
    );
    expect(text('bridges/native/glossa_fields.gen.h')).toMatch(
      /X\(integer, ia_attributes_mask, \w+\) \\\n +X\(integer, ia_one_more, ia_one_more\)/,
    );
  });
});

/** The longest run of fields that a text names in the order of the table. */
function listed(struct: Struct, text: string): number {
  const places = new Map(
    struct.fields.flatMap((field, place) =>
      [field.member, nameOf(struct, field), camelName(struct, field)].map((name) => [name, place]),
    ),
  );
  const found = [...text.matchAll(/\w+/g)]
    .map(([word]) => places.get(word))
    .filter((place) => place !== undefined)
    .filter((place, at, all) => place !== all[at - 1]);
  let [most, run] = [0, 0];
  found.forEach((place, at) => {
    run = place - 1 === found[at - 1] ? run + 1 : 1;
    most = Math.max(most, run);
  });
  return most;
}

describe('fields outside of the table', () => {
  // A lock and a lease have too few fields to recognise a copy.
  const long = structs.filter(({ fields }) => fields.length > 10);
  const files = sources('.ts', '.js', '.py', '.pyi', '.h', '.c', '.in');
  const isMirror = ({ path, text }: SourceFile, struct: Struct): boolean =>
    path !== TABLE && !GENERATED.includes(path) && listed(struct, text) >= struct.fields.length - 2;

  it.each(long.map((struct) => [struct.name, struct] as const))(
    'are not listed by hand: %s',
    (_, struct) => {
      const names = struct.fields.map((field) => camelName(struct, field));
      expect(isMirror({ path: 'mirror.ts', text: names.slice(1).join(': number;') }, struct)).toBe(
        true,
      );
      expect(files.filter((file) => isMirror(file, struct)).map(({ path }) => path)).toEqual([]);
    },
  );
});
