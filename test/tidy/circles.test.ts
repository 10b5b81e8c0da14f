/**
 * Tests that imports form no cycle, `import()` included. Imports of types vanish at run time, so
 * some folders may have cycles of them.
 */
import { expect, it } from 'vitest';
import { readImports } from './imports.ts';
import { readSources } from './sources.ts';

/**
 * The allowed circles of type imports, by the folder of their files, with the largest number of files.
 * The limits are today's sizes, so no circle grows.
 */
const TYPES_MAY: readonly (readonly [folder: string, files: number])[] = [
  ['runtime/core', 12],
  ['runtime/core', 2],
  ['bridges/javascript/library', 15],
  ['bridges/python', 7],
];

/** Files by the files that they import. */
type Imports = ReadonlyMap<string, readonly string[]>;

function readAllImports(types: boolean): Imports {
  const files = readSources('.ts').filter(
    ({ path }) =>
      /^(runtime|gluster|bridges|server|terminal|apps|cli|tools)\//.test(path) &&
      !/\.(test|d)\.ts$/.test(path),
  );
  return new Map(
    files.map((file) => {
      const imports = readImports(file).filter(
        ({ specifier, isType }) => specifier.startsWith('.') && (types || !isType),
      );
      return [file.path, imports.map(({ target }) => target)];
    }),
  );
}

/** Finds the groups of files of which each leads to every other (Tarjan's components). */
function findCircles(imports: Imports): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const groups: string[][] = [];
  const visit = (file: string): void => {
    const number = index.size;
    index.set(file, number);
    low.set(file, number);
    stack.push(file);
    for (const next of imports.get(file) ?? []) {
      if (!index.has(next)) visit(next);
      if (stack.includes(next)) low.set(file, Math.min(low.get(file)!, low.get(next)!));
    }
    if (low.get(file) !== number) return;
    const group = stack.splice(stack.indexOf(file));
    if (group.length > 1 || imports.get(file)?.includes(file)) groups.push(group.sort());
  };
  for (const file of imports.keys()) if (!index.has(file)) visit(file);
  return groups.sort();
}

it('findCircles finds import cycles and files that import themselves', () => {
  const imports = new Map([
    ['a', ['b']],
    ['b', ['c', 'd']],
    ['c', ['a']],
    ['d', []],
    ['e', ['e']],
  ]);
  expect(findCircles(imports)).toEqual([['a', 'b', 'c'], ['e']]);
});

it('readImports distinguishes imports of types from those of values', () => {
  const text = [
    "// import { z } from './z.ts';",
    "import type { A } from './a.ts';",
    "import { type B, type C } from './b.ts';",
    "import {\n  type D,\n  d,\n} from './d.ts';",
    "export { e } from './e.ts';",
    "import './f.ts';",
    "const g = await import('./g.ts');",
    "import { h } from 'node:h';",
    "const i = `import { i } from './i.ts';`;",
  ].join('\n');
  const imports = readImports({ path: 'x/y.ts', text });
  expect(imports.map(({ target }) => target).sort()).toEqual(
    ['node:h', ...[...'abdefg'].map((name) => `x/${name}.ts`)].sort(),
  );
  const types = imports.filter(({ isType }) => isType).map(({ target }) => target);
  expect(types.sort()).toEqual(['x/a.ts', 'x/b.ts']);
});

it('no import cycle exists', () => {
  const imports = readAllImports(false);
  expect(imports.size).toBeGreaterThan(900);
  expect(findCircles(imports)).toEqual([]);
});

it('cycles of type imports stay within their allowed folders and sizes', () => {
  const allowed = [...TYPES_MAY];
  const others = findCircles(readAllImports(true)).filter((group) => {
    const at = allowed.findIndex(
      ([folder, files]) =>
        group.length <= files && group.every((path) => path.startsWith(`${folder}/`)),
    );
    // Each row allows one circle.
    if (at >= 0) allowed.splice(at, 1);
    return at < 0;
  });
  expect(others).toEqual([]);
});
