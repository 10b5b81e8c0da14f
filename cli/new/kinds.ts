/** The languages of `glossa new`: names that a module may have, its files, and the lines to type next. */
import { join } from 'node:path';
import { allLanguages, type Language, type LanguageName } from '../../bridges/languages.ts';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { UsageError } from '../../terminal/exit.ts';
import { pathFrom, programIn, shellWord } from '../../terminal/invocation.ts';
import { table } from '../../terminal/layout.ts';

/**
 * Each language's files, in `all` what every one gets, and in `editors` what editors want to know.
 * NAME in a path is the module's.
 */
export const templateFolder = join(packageRoot, 'templates');

export interface Kind extends Language {
  /** Below the templates. */
  readonly folder: string;
}

export const kinds = Object.fromEntries(
  allLanguages.map(([name, language]) => [name, { ...language, folder: name }]),
) as Readonly<Record<LanguageName, Kind>>;

/** The module's file. */
export const moduleFile = ({ extensions }: Kind, name: string): string => name + extensions[0];

/** @throws {UsageError} that says which name would do */
export function checkName(name: string, kind: Kind): void {
  const { template } = kind;
  const is = template.reserved.get(name) ?? commonly(name);
  if (is !== undefined)
    throw new UsageError(`'${name}' ${is}: choose another, such as ${my(name)}`);
  if (template.name.test(name)) return;
  const rule = `'${name}' cannot be the name of a module: ${template.nameRule}`;
  throw new UsageError(rule + instead(name, kind));
}

/** What is wrong with a name in every language. */
function commonly(name: string): string | undefined {
  if (name.startsWith('test_')) return 'would be taken for a test';
  return name === 'storage' ? 'is the volume below in its volfile' : undefined;
}

const my = (name: string): string => `my_${name.toLowerCase().replace(/^test_/, '')}`;

/** What was meant: a folder goes behind the name, an extension and blanks go. */
function instead(name: string, { folder, extensions, template }: Kind): string {
  const last = name.slice(name.replace(/\/+$/, '').lastIndexOf('/') + 1).replace(/\/+$/, '');
  const extension = extensions.find((end) => last.endsWith(end)) ?? '';
  const bare = last.slice(0, last.length - extension.length).replace(/[^A-Za-z0-9_]+/g, '-');
  if (!template.name.test(bare) || template.reserved.has(bare) || commonly(bare)) return '';
  if (!name.includes('/')) return `; for example ${bare}`;
  return `; its folder comes second: glossa new ${folder} ${bare} ${shellWord(name)}`;
}

/** A line to be typed, and what it does. */
export type Step = readonly [line: string, what: string];

/** Lines that work in the folder `here`, for a module in `folder`. */
export function stepsFor(kind: Kind, name: string, folder: string, here: string): Step[] {
  const glossa = programIn(here);
  const at = (file: string): string => shellWord(pathFrom(here, join(folder, file)));
  const { first } = kind.template;
  const module = at(moduleFile(kind, name));
  const within = pathFrom(here, folder);
  const edit = first === undefined ? 'save' : 'compile';
  const compile = within === '.' ? first : `${first} -C ${shellWord(within)}`;
  return [
    ...(first === undefined ? [] : [[compile, 'compile it'] as Step]),
    [`${glossa} test ${module}`, 'its tests, without a mount'],
    [`${glossa} dev ${module} ${at('files')}`, `mounted, loaded again when you ${edit} it`],
    [`${glossa} run ${at(`${name}.vol`)} -- rm precious.keep`, 'a command in a mount of its own'],
  ];
}

/** The same in a README: and how to mount it for good. */
export const readmeSteps = (kind: Kind, name: string, folder: string): Step[] => [
  ...stepsFor(kind, name, folder, folder),
  [
    `${programIn(folder)} mount ${shellWord(`${name}.vol`)} MOUNTPOINT`,
    `for good, until ${programIn(folder)} umount MOUNTPOINT`,
  ],
];

/** Indented, with `mark` before what each does. */
export const formatSteps = (steps: readonly Step[], mark = ''): string =>
  table(
    steps.map(([line, what]) => [line, mark + what]),
    { gap: '   ', indent: '    ' },
  ).join('\n');
