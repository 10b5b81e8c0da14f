/**
 * The languages that a translator can be written in, one record each, for the host translator and the
 * commands. What belongs to a language is loaded when it is first needed.
 */
import type { HostedLanguage } from './host/language.ts';
import { javascript } from './javascript/language.ts';
import { python, reservedNames } from './python/language.ts';
import type { TestLanguage } from './testing/tests.ts';

/** What `glossa new` asks of a module's name, and says first of what it has written. */
export interface Template {
  /** What a name looks like. */
  readonly name: RegExp;
  readonly nameRule: string;
  /** Names that would not work, and what is wrong with each. */
  readonly reserved: ReadonlyMap<string, string>;
  /** To be typed before everything else. */
  readonly first?: string;
}

export interface Language {
  /** For people. */
  readonly title: string;
  /** What it is called as well. */
  readonly aliases: readonly string[];
  /** What its modules' files end in; the usual ending first. */
  readonly extensions: readonly string[];
  /** The files that make a folder a module. */
  readonly packageFiles: readonly string[];
  /** What the files end in that its modules are compiled from; null where nothing is compiled. */
  readonly compiledFrom: string | null;
  /** How features/glupy runs it; null for one that features/native runs in the process itself. */
  readonly hosted: HostedLanguage | null;
  /** Null for one whose modules are tested from another. */
  readonly tests: TestLanguage | null;
  readonly template: Template;
}

/** The names of tests in JavaScript and TypeScript. */
const dotted = (...extensions: readonly string[]) => ({
  pattern: new RegExp(`\\.test\\.(?:${extensions.join('|')})$`),
  mark: 'glossa/testing',
  namesFor: (module: string) => extensions.map((extension) => `${module}.test.${extension}`),
});

const dashed = {
  name: /^[A-Za-z][A-Za-z0-9_-]*$/,
  nameRule: 'letters, digits, - and _, a letter first',
  reserved: new Map([['glossa', 'is the package that modules import from ']]),
};

/** By the name that `option language`, `--in` and folders have. */
export const languages = {
  python: {
    title: 'Python',
    aliases: ['py'],
    extensions: ['.py'],
    packageFiles: python.packageFiles,
    compiledFrom: null,
    hosted: python,
    tests: {
      pattern: /^test_.*\.py$/,
      mark: '',
      namesFor: (module) => [`test_${module}.py`],
      load: async () => (await import('./testing/python.ts')).startPythonTests,
    },
    template: { ...dashed, reserved: reservedNames },
  },
  javascript: {
    title: 'JavaScript',
    aliases: ['js'],
    extensions: ['.js', '.mjs'],
    packageFiles: javascript.packageFiles,
    compiledFrom: null,
    hosted: javascript,
    tests: {
      ...dotted('js', 'mjs'),
      load: async () => (await import('./testing/javascript.ts')).startJavaScriptTests,
    },
    template: dashed,
  },
  typescript: {
    title: 'TypeScript',
    aliases: ['ts'],
    extensions: ['.ts', '.mts'],
    packageFiles: [],
    compiledFrom: null,
    hosted: null,
    tests: {
      ...dotted('ts', 'mts'),
      load: async () => (await import('./testing/typescript.ts')).startTypescriptTests,
    },
    template: dashed,
  },
  c: {
    title: 'C',
    aliases: [],
    extensions: ['.so'],
    packageFiles: [],
    compiledFrom: '.c',
    hosted: null,
    tests: null,
    template: { ...dashed, first: 'make' },
  },
} as const satisfies Readonly<Record<string, Language>>;

export type LanguageName = keyof typeof languages;

/** All of them, as [name, record]. */
export const allLanguages = Object.entries(languages) as [LanguageName, Language][];

/** Those that features/glupy runs. */
export const hostedLanguages: readonly HostedLanguage[] = allLanguages.flatMap(
  ([, { hosted }]) => hosted ?? [],
);

/** The language of a module, by what its file's name ends in. */
export const languageOf = (file: string): Language | undefined =>
  allLanguages.find(([, { extensions }]) => extensions.some((end) => file.endsWith(end)))?.[1];

export const testLanguages: readonly (Language & { readonly tests: TestLanguage })[] =
  allLanguages.flatMap(([, each]) => (each.tests === null ? [] : { ...each, tests: each.tests }));

/** The language of a file of tests, by its name. */
export const languageOfTest = (file: string): TestLanguage | undefined =>
  testLanguages.find(({ tests }) => tests.pattern.test(file))?.tests;
