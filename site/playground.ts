/**
 * The playground on the site. All that the site knows of it is here: whether there is one, how its
 * files are made, and what a link into it looks like.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { commands } from '../runtime/cli/commands.ts';
import { root } from './texts.ts';

/** Whether `glossa playground` is there. Without it the site has no page and no links for it. */
export const hasPlayground = commands.has('playground');

/** Where it is, from the site's top. */
export const PLAYGROUND = '/playground/';

/** A link that opens the playground with a module; undefined for what it cannot run. */
export function runLink(language: string, code: string): string | undefined {
  const isModule = /^(export )?class xlator\b/m.test(code);
  if (!hasPlayground || !isModule || !(language in ENDINGS)) return undefined;
  const state = { file: `shown${ENDINGS[language]}`, text: code };
  return `${PLAYGROUND}#${Buffer.from(JSON.stringify(state)).toString('base64url')}`;
}

const ENDINGS: Readonly<Record<string, string>> = { python: '.py', js: '.js', ts: '.ts' };

/** Writes its files into a folder. @throws {Error} */
export function writePlayground(out: string): void {
  const glossa = join(root, 'dist/runtime/cli/main.js');
  const { status } = spawnSync(process.execPath, [glossa, 'playground', '--out', out], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) throw new Error(`glossa playground --out ${out} has failed`);
}
