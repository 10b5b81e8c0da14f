/**
 * No file needs itself: imports go in no circle, `import()` included. Imports of types are another
 * matter: they are gone when the program runs, and in some folders they may lead back.
 */
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { type SourceFile, sources } from './sources.ts';

/** Folders of things that know each other: what a frame is to a translator, a session to a handler. */
const TYPES_MAY = [
  'runtime/core',
  'runtime/mount/fuse',
  'bridges/javascript/library',
  'bridges/python',
];

/** Files by the files that they import. */
type Imports = ReadonlyMap<string, readonly string[]>;

const STATEMENT = /^(?:import|export)\s(?:(type)\s)?([^;'"]*?)\bfrom\s'([^']+)'/gm;
const BARE = /^import\s'([^']+)'|\bimport\('([^']+)'\)/gm;

/** Whether all names in the braces are types. */
const onlyTypes = (names: string): boolean =>
  /^\s*\{\s*type\s[^}]*\}\s*$/.test(names) && !/,\s*(?!type\s)\w/.test(names);

function importsOf({ path, text }: SourceFile, types: boolean): string[] {
  const code = text.replace(/\/\*.*?\*\/|^\s*\/\/.*$/gms, '');
  const named = [...code.matchAll(STATEMENT)]
    .filter(([, type, names]) => types || (type === undefined && !onlyTypes(names!)))
    .map((match) => match[3]!);
  const bare = [...code.matchAll(BARE)].map((match) => (match[1] ?? match[2])!);
  return [...named, ...bare]
    .filter((target) => target.startsWith('.'))
    .map((target) => join(dirname(path), target));
}

function importsOfAll(types: boolean): Imports {
  const files = sources('.ts').filter(
    ({ path }) => /^(runtime|bridges)\//.test(path) && !/\.(test|d)\.ts$/.test(path),
  );
  return new Map(files.map((file) => [file.path, importsOf(file, types)]));
}

/** The groups of files of which each leads to every other (Tarjan's components). */
function circles(imports: Imports): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
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
    if (group.length > 1 || imports.get(file)?.includes(file)) found.push(group.sort());
  };
  for (const file of imports.keys()) if (!index.has(file)) visit(file);
  return found.sort();
}

it('finds a circle where there is one', () => {
  const imports = new Map([
    ['a', ['b']],
    ['b', ['c', 'd']],
    ['c', ['a']],
    ['d', []],
    ['e', ['e']],
  ]);
  expect(circles(imports)).toEqual([['a', 'b', 'c'], ['e']]);
});

it('reads imports, and tells types from values', () => {
  const text = [
    "import type { A } from './a.ts';",
    "import { type B, type C } from './b.ts';",
    "import {\n  type D,\n  d,\n} from './d.ts';",
    "export { e } from './e.ts';",
    "import './f.ts';",
    "const g = await import('./g.ts');",
    "import { h } from 'node:h';",
    "// import { i } from './i.ts';",
  ].join('\n');
  const file = { path: 'x/y.ts', text };
  expect(importsOf(file, false).sort()).toEqual(['x/d.ts', 'x/e.ts', 'x/f.ts', 'x/g.ts']);
  expect(importsOf(file, true)).toHaveLength(6);
});

it('no file of runtime or bridges imports itself by way of others', () => {
  const imports = importsOfAll(false);
  expect(imports.size).toBeGreaterThan(300);
  expect(circles(imports)).toEqual([]);
});

it.each(circles(importsOfAll(true)))('types lead back only where they may: %s, …', (...group) => {
  const folder = TYPES_MAY.find((each) => group[0]!.startsWith(`${each}/`));
  expect(group.filter((path) => folder === undefined || !path.startsWith(`${folder}/`))).toEqual(
    [],
  );
});
