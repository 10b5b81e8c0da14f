/**
 * Writes all generated files: the sources, which are not in git, and the pages that are.
 *
 *   tsx tools/gen/main.ts            (npm run gen)
 *   tsx tools/gen/main.ts sources    the sources alone
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeSources } from './sources.ts';

await writeSources(join(import.meta.dirname, '../..'));
if (process.argv[2] !== 'sources') {
  // These import generated sources.
  const { generatePages } = await import('./pages.ts');
  for (const { path, text } of generatePages()) writeFileSync(path, text);
}
