/** Python, as features/glupy hosts it. */
import type { HostedLanguage } from '../host/language.ts';

export const python: HostedLanguage = {
  name: 'python',
  extensions: ['.py'],
  packageFiles: ['__init__.py'],
  pathVariable: 'PYTHONPATH',
  load: async () => (await import('./guest.ts')).startPython,
};
