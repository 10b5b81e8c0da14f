/** Describes JavaScript, and TypeScript, to features/glupy. */
import type { HostedLanguage, LanguageSyntax } from '../host/language.ts';

const syntax: LanguageSyntax = {
  cbk: 'Cbk',
  cancel: 'Cancel',
  toStyle: (name) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
  notCode: /\/\*[\s\S]*?\*\/|\/\/.*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g,
  definition: /\b(?:function\s*\*?|static|async)\s+$/,
  hasBareNames: false,
  functions: [
    /^[ \t]*(?:(?:export|static|async|function)[ \t]+)*(?<name>\w+)[ \t]*\(\s*frame\b[^()]*\)\s*\{/gm,
  ],
  // A method of an object literal looks like a class's method: only these words mark a function.
  functionLine: /^\s*(static|function|export)\b/,
  classLine: /^export\b.*\bclass\b/,
  classAttributes: ['options', 'observes', 'passesThrough'],
  passesThrough: ['static passesThrough = true', 'static passesThrough = false'],
};

export const javascript: HostedLanguage = {
  name: 'javascript',
  // TypeScript too, in volumes of features/glupy: its types are stripped.
  extensions: ['.js', '.mjs', '.ts', '.mts'],
  packageFiles: ['index.js', 'index.mjs'],
  pathVariable: 'GLOSSA_JS_PATH',
  syntax,
  load: async () => (await import('./guest.ts')).startJavaScript,
};
