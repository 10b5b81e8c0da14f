/**
 * Tests that `runtime/core/fields.ts` alone defines the fields of an iatt and of other structures:
 * no file written by hand repeats them.
 */
import { describe, expect, it } from 'vitest';
import { type Field, makeShortName, type Struct, structs } from '../../runtime/core/fields.ts';
import { makeCamelName } from '../../tools/gen/fields.ts';
import { generateLaterSources, generateSources } from '../../tools/gen/sources.ts';
import { readSources, type SourceFile } from './sources.ts';

const later = await generateLaterSources();
const TABLE = 'runtime/core/fields.ts';
/** Files generated from the table. */
const GENERATED = [
  'bridges/compiled/fields.gen.ts',
  'bridges/native/glossa_fields.gen.h',
  'bridges/rust/src/fields.gen.rs',
  'javascript/glossa.gen.d.ts',
  'python/glupy/__init__.pyi',
  'python/glupy/_fields.py',
  'runtime/core/gen/fields.gen.ts',
  'runtime/core/gen/iatt.gen.ts',
  'runtime/observe/structs.gen.ts',
];

/** The table with one more row in the first of its structures, an iatt. */
function addRow([iatt, ...rest]: readonly Struct[]): Struct[] {
  const row: Field = { member: 'ia_one_more', kind: 'integer', about: 'a field', initialValue: 0 };
  return [{ ...iatt!, fields: [...iatt!.fields, row] }, ...rest];
}

describe('an additional row in the table of fields', () => {
  const one = /\b(ia_one_more|iaOneMore)\b/;
  const before = generateSources()
    .filter(({ text: findText }) => one.test(findText))
    .map(({ path }) => path);
  const after = generateSources(addRow(structs)).filter(({ text: findText }) => one.test(findText));

  it('appears in every file that is generated from the table', () => {
    expect(before).toEqual([]);
    expect(after.map(({ path }) => path).sort()).toEqual(GENERATED);
  });

  it('has the same position in the generated code for C as in the table', () => {
    const findText = (path: string): string => after.find((each) => each.path === path)!.text;
    const last = structs[0]!.fields.at(-1)!;
    const lastName = makeCamelName(structs[0]!, last);
    expect(findText('bridges/compiled/fields.gen.ts')).toMatch(
      new RegExp(
        `f64\\[at\\+\\+\\] = from\\.${lastName};\\n +f64\\[at\\+\\+\\] = from\\.iaOneMore;`,
      ),
    );
    expect(findText('bridges/native/glossa_fields.gen.h')).toMatch(
      new RegExp(`${last.member}, \\w+\\) \\\\\n +X\\(integer, ia_one_more, ia_one_more\\)`),
    );
  });
});

/** The longest run of fields that a text names in the order of the table. */
function longestRun(struct: Struct, findText: string): number {
  const positions = new Map(
    struct.fields.flatMap((field, position) =>
      [field.member, makeShortName(struct, field), makeCamelName(struct, field)].map((name) => [
        name,
        position,
      ]),
    ),
  );
  const order = [...findText.matchAll(/\w+/g)]
    .map(([word]) => positions.get(word))
    .filter((position) => position !== undefined)
    .filter((position, at, all) => position !== all[at - 1]);
  let [most, run] = [0, 0];
  order.forEach((position, at) => {
    run = position - 1 === order[at - 1] ? run + 1 : 1;
    most = Math.max(most, run);
  });
  return most;
}

describe('the fields of a structure', () => {
  // A lock and a lease have too few fields to recognise a copy.
  const long = structs.filter(({ fields }) => fields.length > 10);
  const files = readSources('.ts', '.js', '.py', '.pyi', '.h', '.c', '.in');
  const outputs = new Set([...generateSources(), ...later].map(({ path }) => path));
  const isMirror = ({ path, text: findText }: SourceFile, struct: Struct): boolean =>
    path !== TABLE &&
    !outputs.has(path) &&
    longestRun(struct, findText) >= struct.fields.length - 2;

  it.each(long.map((struct) => [struct.name, struct] as const))(
    'are listed by hand only in the table of fields: %s',
    (_, struct) => {
      const names = struct.fields.map((field) => makeCamelName(struct, field));
      expect(isMirror({ path: 'mirror.ts', text: names.slice(1).join(': number;') }, struct)).toBe(
        true,
      );
      expect(files.filter((file) => isMirror(file, struct)).map(({ path }) => path)).toEqual([]);
    },
  );
});
