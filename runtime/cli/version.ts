/** `glossa version`, also `glossa --version`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../sys/paths.ts';
import { defineCommand } from './command.ts';
import { EXIT_OK } from './exit.ts';
import { takeOperands } from './flags.ts';

/** The package's version. */
export function version(): string {
  const text = readFileSync(join(packageRoot, 'package.json'), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}

export default defineCommand({
  usage: ['glossa version', 'glossa --version'],
  description: 'Prints the version.',
  flags: {},
  async run({ operands }, terminal) {
    takeOperands(operands, []);
    terminal.out(`glossa ${version()}`);
    return EXIT_OK;
  },
});
