/** JavaScript, as features/glupy hosts it. */
import type { HostedLanguage } from '../host/language.ts';

export const javascript: HostedLanguage = {
  name: 'javascript',
  // TypeScript too, when a volume of features/glupy names it: its types are taken away.
  extensions: ['.js', '.mjs', '.ts', '.mts'],
  packageFiles: ['index.js', 'index.mjs'],
  pathVariable: 'GLOSSA_JS_PATH',
  load: async () => (await import('./guest.ts')).startJavaScript,
};
