/** Describes the languages of `glossa new`: module names, files, and the commands to type next. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  allLanguages,
  type Language,
  type LanguageName,
  type languages,
  sourceLanguages,
  type Template,
} from '../../bridges/languages.ts';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { UsageError } from '../../terminal/exit.ts';
import { makePathFromFolder, makeProgramCommand, quoteWord } from '../../terminal/invocation.ts';
import { formatTable } from '../../terminal/layout.ts';

/**
 * The folder of the templates: it has one folder for each language, `all` for files of every
 * language, and `editors` for editors' settings. NAME in a path stands for the module's name.
 */
export const templateFolder = join(packageRoot, 'templates');

/** The kinds of modules that templates are for; those of files are in the folders `files-LANGUAGE`. */
export const moduleKinds = ['translator', 'files'] as const;
export type ModuleKind = (typeof moduleKinds)[number];

/** A language of modules that has templates. */
export interface TemplateLanguage extends Language {
  readonly template: Template;
  /** Its folder in the templates, which is also its name on the command line. */
  readonly folder: string;
  /** The kind of its modules: their extension, without the dot. */
  readonly target: string;
  /** Whether the module is a translator above a folder, or a storage by path. */
  readonly kind: ModuleKind;
  /** The same language with other targets. */
  readonly alternatives: readonly TemplateLanguage[];
}

/** All languages, those for the sandbox last. */
const entries: readonly (readonly [name: string, language: Language])[] = [
  ...allLanguages,
  ...Object.entries(sourceLanguages),
];

/** Describes a language with a template. */
const describeTemplates = (name: string, language: Language): TemplateLanguage => ({
  ...language,
  template: language.template!,
  folder: name,
  target: language.extensions[0]!.slice(1),
  kind: 'translator',
  alternatives: [],
});

/** The languages by name. If one has several kinds of modules, the default is that for the sandbox. */
export const templateLanguages = Object.fromEntries(
  entries.flatMap(([name, language]) => {
    const [main, ...alternatives] = entries
      .filter((entry) => entry[0] === name)
      .map((entry) => describeTemplates(name, entry[1]))
      .reverse();
    return language.template === null ? [] : [[name, { ...main!, alternatives }]];
  }),
) as Partial<Record<TemplateName, TemplateLanguage>> as Readonly<
  Record<TemplateName, TemplateLanguage>
>;

/** The kinds of modules of all languages that have several. */
export const targets: readonly string[] = Object.values(templateLanguages).flatMap(
  (language: TemplateLanguage) => (language.alternatives.length === 0 ? [] : listTargets(language)),
);

/** Lists the kinds of modules of a language, the default first. */
export function listTargets({ target, alternatives }: TemplateLanguage): string[] {
  return [target, ...alternatives.map((alternative) => alternative.target)];
}

/** Selects the kind of modules of a language. @throws {UsageError} for another language's */
export function selectTarget(language: TemplateLanguage, target: string): TemplateLanguage {
  const selected = [language, ...language.alternatives].find((kind) => kind.target === target);
  if (selected !== undefined) return selected;
  throw new UsageError(`a module in ${language.title} is not made as ${target}`);
}

/** Selects the kind of a new module. @throws {UsageError} for files in a language that has no such base class */
export function selectKind(language: TemplateLanguage, kind: ModuleKind): TemplateLanguage {
  if (kind === 'files' && !existsSync(join(templateFolder, `files-${language.folder}`)))
    throw new UsageError(`there is no --kind files in ${language.title}`);
  return { ...language, kind };
}

/** The name of a language that has templates. */
type TemplateName =
  | keyof typeof sourceLanguages
  | {
      [N in LanguageName]: (typeof languages)[N]['template'] extends null ? never : N;
    }[LanguageName];

/** Returns the file name of a module. */
export const makeModuleFileName = ({ extensions }: TemplateLanguage, name: string): string =>
  name + extensions[0];

/** Checks a module's name. @throws {UsageError} with a suggestion of a valid one */
export function checkName(name: string, language: TemplateLanguage): void {
  const { template } = language;
  const reason = template.reserved.get(name) ?? findCommonMistake(name);
  if (reason !== undefined)
    throw new UsageError(`'${name}' ${reason}: choose another, such as ${prefixName(name)}`);
  if (template.name.test(name)) return;
  const problem = `'${name}' cannot be the name of a module: ${template.nameRule}`;
  throw new UsageError(problem + suggestName(name, language));
}

/** Finds the reason why a name is unsuitable in every language; undefined for a suitable name. */
function findCommonMistake(name: string): string | undefined {
  if (name.startsWith('test_')) return 'would be taken for a test';
  return name === 'storage' ? 'is the volume below in its volfile' : undefined;
}

/** Makes a name that is neither reserved nor taken for a test: `my_NAME`. */
const prefixName = (name: string): string => `my_${name.toLowerCase().replace(/^test_/, '')}`;

/** Suggests the name without folder, extension and blanks; '' if that is not valid either. */
function suggestName(name: string, { folder, extensions, template }: TemplateLanguage): string {
  const lastPart = name.slice(name.replace(/\/+$/, '').lastIndexOf('/') + 1).replace(/\/+$/, '');
  const extension = extensions.find((ending) => lastPart.endsWith(ending)) ?? '';
  const candidate = lastPart
    .slice(0, lastPart.length - extension.length)
    .replace(/[^A-Za-z0-9_]+/g, '-');
  if (
    !template.name.test(candidate) ||
    template.reserved.has(candidate) ||
    findCommonMistake(candidate)
  )
    return '';
  if (!name.includes('/')) return `; for example ${candidate}`;
  return `; its folder comes second: glossa new ${folder} ${candidate} ${quoteWord(name)}`;
}

/** A command to type, and its effect. */
export type NextCommand = readonly [command: string, effect: string];

/** Lists the next commands for a module in `folder`, to be typed in `currentFolder`. */
export function listNextCommands(
  language: TemplateLanguage,
  name: string,
  folder: string,
  currentFolder: string,
): NextCommand[] {
  const glossa = makeProgramCommand(currentFolder);
  const quotePath = (file: string): string =>
    quoteWord(makePathFromFolder(currentFolder, join(folder, file)));
  const { firstCommand } = language.template;
  const volfile = quotePath(`${name}.vol`);
  const isStorage = language.kind === 'files';
  const module = quotePath(makeModuleFileName(language, name));
  const relativeFolder = makePathFromFolder(currentFolder, folder);
  const reloadVerb = firstCommand === undefined ? 'loaded' : 'compiled and loaded';
  const compileCommand =
    relativeFolder === '.' ? firstCommand : `${firstCommand} -C ${quoteWord(relativeFolder)}`;
  return [
    ...(firstCommand === undefined ? [] : [[compileCommand, 'compile it'] as NextCommand]),
    [`${glossa} test ${module}`, 'its tests, without a mount'],
    [
      `${glossa} dev ${isStorage ? volfile : `${module} ${quotePath('files')}`}`,
      `mounted, ${reloadVerb} again when you save it`,
    ],
    [
      `${glossa} run ${volfile} -- ${isStorage ? 'cat hello' : 'rm precious.keep'}`,
      'a command in a mount of its own',
    ],
  ];
}

/**
 * Lists the commands for the module's README: the next commands, and those of a permanent mount.
 */
export const listReadmeCommands = (
  language: TemplateLanguage,
  name: string,
  folder: string,
): NextCommand[] => [
  ...listNextCommands(language, name, folder, folder),
  [
    `${makeProgramCommand(folder)} mount ${quoteWord(`${name}.vol`)} MOUNTPOINT`,
    `for good, until ${makeProgramCommand(folder)} umount MOUNTPOINT`,
  ],
];

/** Formats commands as indented lines. @param mark the text before each effect, such as `# ` */
export const formatNextCommands = (commands: readonly NextCommand[], mark = ''): string =>
  formatTable(
    commands.map(([command, effect]) => [command, mark + effect]),
    { gap: '   ', indent: '    ' },
  ).join('\n');
