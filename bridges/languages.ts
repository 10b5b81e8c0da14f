/**
 * Describes the languages in which a translator can be written, one record each, for the host
 * translator and the commands. A language's interpreter is loaded on first use.
 */
import type { HostedLanguage } from './host/language.ts';
import { javascript } from './javascript/language.ts';
import { python, reservedNames } from './python/language.ts';
import type { TestLanguage } from './testing/tests.ts';
import { wasm } from './wasm/language.ts';

/** The rules of `glossa new` for a module's name, and the first command that it tells to type. */
export interface Template {
  /** The pattern of valid names. */
  readonly name: RegExp;
  /** The pattern in words, for messages. */
  readonly nameRule: string;
  /** Names that fit the pattern and are invalid all the same, each with the reason. */
  readonly reserved: ReadonlyMap<string, string>;
  /** The command to type before all others. */
  readonly firstCommand?: string;
}

/** The record of a language, for the host translator and the commands. */
export interface Language {
  /** The name in texts for people. */
  readonly title: string;
  /** Other names that `option language` and `--in` accept. */
  readonly aliases: readonly string[];
  /** Extensions of module files; the usual one first. */
  readonly extensions: readonly string[];
  /** Names of files that make a folder a module. */
  readonly packageFiles: readonly string[];
  /** Extension of the source files of compiled modules; null without a compiler. */
  readonly compiledFrom: string | null;
  /** The record for features/glupy; null if features/native runs the language in the process. */
  readonly hosted: HostedLanguage | null;
  /** Null if its modules are tested in another language. */
  readonly tests: TestLanguage | null;
  /** The rules of `glossa new` for the language; null without a template. */
  readonly template: Template | null;
}

/** Describes the test files of JavaScript or TypeScript. */
const describeTests = (...extensions: readonly string[]) => ({
  pattern: new RegExp(`\\.test\\.(?:${extensions.join('|')})$`),
  mark: 'glossa/testing',
  testFileNames: (module: string) => extensions.map((extension) => `${module}.test.${extension}`),
});

/** Rules for names in languages that allow dashes in module names. */
const commonTemplate = {
  name: /^[A-Za-z][A-Za-z0-9_-]*$/,
  nameRule: 'letters, digits, - and _, a letter first',
  reserved: new Map([['glossa', 'is the package that modules import from ']]),
};

/** Records by the name in `option language`, `--in` and template folders. */
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
      testFileNames: (module) => [`test_${module}.py`],
      load: async () => (await import('./testing/python.ts')).startPythonTests,
    },
    template: { ...commonTemplate, reserved: reservedNames },
  },
  javascript: {
    title: 'JavaScript',
    aliases: ['js'],
    extensions: ['.js', '.mjs'],
    packageFiles: javascript.packageFiles,
    compiledFrom: null,
    hosted: javascript,
    tests: {
      ...describeTests('js', 'mjs'),
      load: async () => (await import('./testing/javascript.ts')).startJavaScriptTests,
    },
    template: commonTemplate,
  },
  typescript: {
    title: 'TypeScript',
    aliases: ['ts'],
    extensions: ['.ts', '.mts'],
    packageFiles: [],
    compiledFrom: null,
    hosted: null,
    tests: {
      ...describeTests('ts', 'mts'),
      load: async () => (await import('./testing/typescript.ts')).startTypescriptTests,
    },
    template: commonTemplate,
  },
  c: {
    title: 'C',
    aliases: [],
    extensions: ['.so'],
    packageFiles: [],
    compiledFrom: '.c',
    hosted: null,
    tests: null,
    template: { ...commonTemplate, firstCommand: 'make' },
  },
  wasm: {
    title: 'WebAssembly',
    aliases: [],
    extensions: wasm.extensions,
    packageFiles: wasm.packageFiles,
    compiledFrom: '.c',
    hosted: wasm,
    tests: null,
    template: null,
  },
} as const satisfies Readonly<Record<string, Language>>;

export type LanguageName = keyof typeof languages;

/** Languages whose compilers make modules of another record. C has a record above, too: for shared objects. */
export const sourceLanguages = {
  c: {
    ...languages.wasm,
    title: languages.c.title,
    template: languages.c.template,
  },
  rust: {
    ...languages.wasm,
    title: 'Rust',
    aliases: ['rs'],
    template: { ...commonTemplate, firstCommand: 'make' },
  },
} as const satisfies Readonly<Record<string, Language>>;

/** All languages, as [name, record]. */
export const allLanguages = Object.entries(languages) as [LanguageName, Language][];

/** The languages that features/glupy runs. */
export const hostedLanguages: readonly HostedLanguage[] = allLanguages.flatMap(
  ([, { hosted }]) => hosted ?? [],
);

/** Finds the language of a module by its file's extension; undefined for any other file. */
export const findLanguage = (file: string): Language | undefined =>
  allLanguages.find(([, { extensions }]) =>
    extensions.some((extension) => file.endsWith(extension)),
  )?.[1];

/** The languages in which modules can be tested. */
export const testLanguages: readonly (Language & { readonly tests: TestLanguage })[] =
  allLanguages.flatMap(([, language]) =>
    language.tests === null ? [] : { ...language, tests: language.tests },
  );

/** Finds the language of a test file by its name. */
export const findTestLanguage = (file: string): TestLanguage | undefined =>
  testLanguages.find(({ tests }) => tests.pattern.test(file))?.tests;
