/** What `glossa new` writes: what a module may be called, and its files. */
import { join } from 'node:path';
import { allLanguages, type Language, type LanguageName } from '../../bridges/languages.ts';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { UsageError } from '../../terminal/exit.ts';
import { shellWord } from '../../terminal/invocation.ts';

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
