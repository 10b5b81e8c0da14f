/** Describes modules compiled to WebAssembly to features/glupy. */
import type { HostedLanguage, LanguageSyntax } from '../host/language.ts';

/** Nothing matches: the file has no source text. */
const NEVER = /(?!)/;

const syntax: LanguageSyntax = {
  cbkSuffix: '_cbk',
  cancelSuffix: '_cancel',
  convertName: (name) => name,
  commentOrString: /(?!)/g,
  definitionStart: NEVER,
  hasBareNames: false,
  functionDefinitions: [],
  functionLine: NEVER,
  classLine: NEVER,
  classAttributes: [],
  // The words of docs/wasm-abi.md; each language has its own spelling.
  passThroughDeclarations: ['passes-through', 'refuses-others'],
};

/** The language of compiled modules: C, Rust and others. */
export const wasm: HostedLanguage = {
  name: 'wasm',
  extensions: ['.wasm'],
  packageFiles: [],
  pathVariable: 'GLOSSA_WASM_PATH',
  isBinary: true,
  syntax,
  load: async () => (await import('./start.ts')).startWasm,
  describe: async (...args) => (await import('./start.ts')).describeWasm(...args),
};
