/** Writes every generated file that is in git, and formats it. `npm run gen` runs it. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { generateOutputs, isFormatted } from './outputs.ts';
import { generatePictures } from './pictures/index.ts';

for (const { path, text } of [...generateOutputs(), ...(await generatePictures())]) {
  writeFileSync(path, text);
  if (isFormatted(path)) {
    execFileSync('npx', ['biome', 'format', '--write', path], { stdio: 'inherit' });
  }
}
