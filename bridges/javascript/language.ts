/** Describes JavaScript, and TypeScript, to features/glupy. */
import type { HostedLanguage, LanguageSyntax } from '../host/language.ts';

const syntax: LanguageSyntax = {
  cbkSuffix: 'Cbk',
  cancelSuffix: 'Cancel',
  convertName: (name) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
  commentOrString: /\/\*[\s\S]*?\*\/|\/\/.*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g,
  definitionStart: /\b(?:function\s*\*?|static|async)\s+$/,
  hasBareNames: false,
  functionDefinitions: [
    /^[ \t]*(?:(?:export|static|async|function)[ \t]+)*(?<name>\w+)[ \t]*\(\s*frame\b[^()]*\)\s*\{/gm,
  ],
  // A method of an object literal looks like a class's method: only these words mark a function.
  functionLine: /^\s*(static|function|export)\b/,
  classLine: /^export\b.*\bclass\b/,
  classAttributes: ['options', 'observes', 'passesThrough'],
  passThroughDeclarations: ['static passesThrough = true', 'static passesThrough = false'],
};

/** The language of modules in JavaScript and TypeScript. */
export const javascript: HostedLanguage = {
  name: 'javascript',
  // TypeScript too, in volumes of features/glupy: its types are stripped.
  extensions: ['.js', '.mjs', '.ts', '.mts'],
  packageFiles: ['index.js', 'index.mjs'],
  pathVariable: 'GLOSSA_JS_PATH',
  isInterrupted: true,
  syntax,
  load: async () => (await import('./guest.ts')).startJavaScript,
};
