/** Describes the languages of `glossa new`: valid module names, files, and the commands to type next. */
import { join } from 'node:path';
import { allLanguages, type Language, type LanguageName } from '../../bridges/languages.ts';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { UsageError } from '../../terminal/exit.ts';
import { pathFrom, programIn, shellWord } from '../../terminal/invocation.ts';
import { table } from '../../terminal/layout.ts';

/**
 * The templates: a folder for each language, `all` for every language, and `editors` for editors.
 * NAME in a path is the module's name.
 */
export const templateFolder = join(packageRoot, 'templates');

export interface Kind extends Language {
  /** Its folder in the templates. */
  readonly folder: string;
}

export const kinds = Object.fromEntries(
  allLanguages.map(([name, language]) => [name, { ...language, folder: name }]),
) as Readonly<Record<LanguageName, Kind>>;

/** The file name of a module. */
export const moduleFile = ({ extensions }: Kind, name: string): string => name + extensions[0];

/** @throws {UsageError} with a valid name */
export function checkName(name: string, kind: Kind): void {
  const { template } = kind;
  const is = template.reserved.get(name) ?? commonly(name);
  if (is !== undefined)
    throw new UsageError(`'${name}' ${is}: choose another, such as ${my(name)}`);
  if (template.name.test(name)) return;
  const rule = `'${name}' cannot be the name of a module: ${template.nameRule}`;
  throw new UsageError(rule + instead(name, kind));
}

/** The mistake of a name that no language allows. */
function commonly(name: string): string | undefined {
  if (name.startsWith('test_')) return 'would be taken for a test';
  return name === 'storage' ? 'is the volume below in its volfile' : undefined;
}

const my = (name: string): string => `my_${name.toLowerCase().replace(/^test_/, '')}`;

/** Suggests a valid name: without folder, extension and blanks. */
function instead(name: string, { folder, extensions, template }: Kind): string {
  const last = name.slice(name.replace(/\/+$/, '').lastIndexOf('/') + 1).replace(/\/+$/, '');
  const extension = extensions.find((end) => last.endsWith(end)) ?? '';
  const bare = last.slice(0, last.length - extension.length).replace(/[^A-Za-z0-9_]+/g, '-');
  if (!template.name.test(bare) || template.reserved.has(bare) || commonly(bare)) return '';
  if (!name.includes('/')) return `; for example ${bare}`;
  return `; its folder comes second: glossa new ${folder} ${bare} ${shellWord(name)}`;
}

/** A command to type, and its effect. */
export type Step = readonly [line: string, what: string];

/** Commands that work in the folder `here`, for a module in `folder`. */
export function stepsFor(kind: Kind, name: string, folder: string, here: string): Step[] {
  const glossa = programIn(here);
  const at = (file: string): string => shellWord(pathFrom(here, join(folder, file)));
  const { firstCommand: first } = kind.template;
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

/** The same for a README, and how to mount it permanently. */
export const readmeSteps = (kind: Kind, name: string, folder: string): Step[] => [
  ...stepsFor(kind, name, folder, folder),
  [
    `${programIn(folder)} mount ${shellWord(`${name}.vol`)} MOUNTPOINT`,
    `for good, until ${programIn(folder)} umount MOUNTPOINT`,
  ],
];

/** Formats steps as indented lines, with `mark` before each description. */
export const formatSteps = (steps: readonly Step[], mark = ''): string =>
  table(
    steps.map(([line, what]) => [line, mark + what]),
    { gap: '   ', indent: '    ' },
  ).join('\n');
