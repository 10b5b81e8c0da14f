/** Describes JavaScript, and TypeScript, to features/glupy. */
import type { HostedLanguage, Writing } from '../host/language.ts';

const writing: Writing = {
  cbk: 'Cbk',
  cancel: 'Cancel',
  word: (name) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
  notCode: /\/\*[\s\S]*?\*\/|\/\/.*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g,
  definition: /\b(?:function\s*\*?|static|async)\s+$/,
  bare: false,
  functions: [
    /^[ \t]*(?:(?:export|static|async|function)[ \t]+)*(?<name>\w+)[ \t]*\(\s*frame\b[^()]*\)\s*\{/gm,
  ],
  // Objects of functions look like classes.
  stands: /^\s*(static|function|export)\b/,
  begin: /^export\b.*\bclass\b/,
  read: ['options', 'observes', 'passesThrough'],
  passesThrough: ['static passesThrough = true', 'static passesThrough = false'],
};

export const javascript: HostedLanguage = {
  name: 'javascript',
  // TypeScript too, in volumes of features/glupy: its types are stripped.
  extensions: ['.js', '.mjs', '.ts', '.mts'],
  packageFiles: ['index.js', 'index.mjs'],
  pathVariable: 'GLOSSA_JS_PATH',
  writing,
  load: async () => (await import('./guest.ts')).startJavaScript,
};
