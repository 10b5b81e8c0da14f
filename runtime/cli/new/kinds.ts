/** The languages that `glossa new` writes: what their names may be, and what to do next. */
import { join } from 'node:path';
import { packageRoot } from '../../sys/paths.ts';
import { UsageError } from '../exit.ts';
import { includeDir } from '../include-dir.ts';

/** Each language's files, and in `all` what every one gets. NAME in a path is the module's. */
export const templateFolder = join(packageRoot, 'templates');

export interface Kind {
  /** Below the templates. */
  readonly folder: string;
  /** What a name looks like. */
  readonly name: RegExp;
  readonly nameRule: string;
  /** Names that would not work. */
  readonly reserved: ReadonlySet<string>;
  /** The module's file. */
  readonly file: (name: string) => string;
  /** Whether `glossa dev` is of use. */
  readonly dev: boolean;
  /** To be typed before everything else. */
  readonly first?: string;
  fill(text: string, name: string): string;
}

const PYTHON_WORDS =
  'False None True and as assert async await break class continue def del elif else except ' +
  'finally for from global if import in is lambda nonlocal not or pass raise return try while with yield';

const fill = (text: string, name: string): string => text.replaceAll('{{NAME}}', name);
const none: ReadonlySet<string> = new Set();
const dashed = {
  name: /^[A-Za-z][A-Za-z0-9_-]*$/,
  nameRule: 'letters, digits, - and _, a letter first',
  reserved: none,
};

export const kinds = {
  python: {
    folder: 'python',
    name: /^[A-Za-z][A-Za-z0-9_]*$/,
    nameRule: 'letters, digits and _, a letter first',
    reserved: new Set([...PYTHON_WORDS.split(' '), 'glupy', 'gluster']),
    file: (name) => `${name}.py`,
    dev: true,
    fill,
  },
  javascript: {
    folder: 'javascript',
    ...dashed,
    file: (name) => `${name}.js`,
    dev: true,
    fill,
  },
  typescript: {
    folder: 'typescript',
    ...dashed,
    file: (name) => `${name}.ts`,
    dev: false,
    fill,
  },
  c: {
    folder: 'c',
    ...dashed,
    file: (name) => `${name}.so`,
    dev: true,
    first: 'make',
    // Where glossa.h is: a Makefile works without asking for it.
    fill: (text, name) => fill(text, name).replaceAll('{{INCLUDE}}', includeDir),
  },
} satisfies Record<string, Kind>;

/** @throws {UsageError} */
export function checkName(name: string, kind: Kind): void {
  if (!kind.name.test(name)) {
    throw new UsageError(`'${name}' cannot be the name of a module: ${kind.nameRule}`);
  }
  if (kind.reserved.has(name)) throw new UsageError(`'${name}' is a word of the language`);
  if (name.startsWith('test_')) throw new UsageError(`'${name}' would be taken for a test`);
  if (name === 'storage') throw new UsageError("'storage' is the volume below in its volfile");
}

/** Lines to be typed, each with what it does. */
export function nextSteps(kind: Kind, name: string, folder: string): string {
  const { first, dev, file } = kind;
  const edit = first === undefined ? 'save' : 'compile';
  const steps = [
    ...(folder === '.' ? [] : [[`cd ${folder}`, '']]),
    ...(first === undefined ? [] : [[first, 'compile it']]),
    [`glossa test ${file(name)}`, 'its tests, without a mount'],
    ...(dev
      ? [[`glossa dev ${file(name)} files`, `mounted, and loaded again when you ${edit} it`]]
      : []),
    [`glossa run ${name}.vol -- rm precious.keep`, 'a command in a mount of its own'],
  ] as const;
  const width = Math.max(...steps.map(([line]) => line!.length));
  return steps.map(([line, what]) => `    ${line!.padEnd(width)}   ${what}`.trimEnd()).join('\n');
}
