/** What `glossa new` writes: what a module may be called, its files, and what to do next. */
import { join } from 'node:path';
import { allLanguages, type Language, type LanguageName } from '../../../bridges/languages.ts';
import { packageRoot } from '../../sys/paths.ts';
import { UsageError } from '../exit.ts';
import { includeDir } from '../include-dir.ts';

/** Each language's files, and in `all` what every one gets. NAME in a path is the module's. */
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

/** A text of a template. A Makefile works without asking where glossa.h is. */
export const fill = (text: string, name: string): string =>
  text.replaceAll('{{NAME}}', name).replaceAll('{{INCLUDE}}', includeDir);

/** @throws {UsageError} */
export function checkName(name: string, { template }: Kind): void {
  if (!template.name.test(name)) {
    throw new UsageError(`'${name}' cannot be the name of a module: ${template.nameRule}`);
  }
  const is = template.reserved.get(name);
  if (is !== undefined) {
    throw new UsageError(`'${name}' ${is}: choose another, such as ${suggested(name)}`);
  }
  if (name.startsWith('test_')) throw new UsageError(`'${name}' would be taken for a test`);
  if (name === 'storage') throw new UsageError("'storage' is the volume below in its volfile");
}

const suggested = (name: string): string => `my_${name.toLowerCase()}`;

/** Lines to be typed, each with what it does. */
export function nextSteps(kind: Kind, name: string, folder: string): string {
  const { first } = kind.template;
  const file = moduleFile(kind, name);
  const edit = first === undefined ? 'save' : 'compile';
  const steps = [
    ...(folder === '.' ? [] : [[`cd ${folder}`, '']]),
    ...(first === undefined ? [] : [[first, 'compile it']]),
    [`glossa test ${file}`, 'its tests, without a mount'],
    ...(kind.reloads
      ? [[`glossa dev ${file} files`, `mounted, and loaded again when you ${edit} it`]]
      : []),
    [`glossa run ${name}.vol -- rm precious.keep`, 'a command in a mount of its own'],
  ] as const;
  const width = Math.max(...steps.map(([line]) => line!.length));
  return steps.map(([line, what]) => `    ${line!.padEnd(width)}   ${what}`.trimEnd()).join('\n');
}
