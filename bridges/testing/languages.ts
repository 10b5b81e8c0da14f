/** The languages that tests can be written in, by the names of their files. */
import type { StartTests } from './tests.ts';

export interface TestLanguage {
  /** What modules in it end in. */
  readonly extensions: readonly string[];
  /** Files of tests. */
  readonly pattern: RegExp;
  /** What is in such a file; others of that name are for another runner. Anything when empty. */
  readonly mark: string;
  /** The files of tests that belong to a module, most particular first. */
  namesFor(module: string): readonly string[];
  load(): Promise<StartTests>;
}

export const testLanguages: readonly TestLanguage[] = [
  {
    extensions: ['.py'],
    pattern: /^test_.*\.py$/,
    mark: '',
    namesFor: (module) => [`test_${module}.py`],
    load: async () => (await import('./python.ts')).startPythonTests,
  },
  {
    extensions: ['.js', '.mjs'],
    pattern: /\.test\.m?js$/,
    mark: 'glossa/testing',
    namesFor: (module) => [`${module}.test.js`, `${module}.test.mjs`],
    load: async () => (await import('./javascript.ts')).startJavaScriptTests,
  },
  {
    extensions: ['.ts', '.mts'],
    pattern: /\.test\.m?ts$/,
    mark: 'glossa/testing',
    namesFor: (module) => [`${module}.test.ts`, `${module}.test.mts`],
    load: async () => (await import('./typescript.ts')).startTypescriptTests,
  },
];

export const languageOfTest = (file: string): TestLanguage | undefined =>
  testLanguages.find(({ pattern }) => pattern.test(file));
