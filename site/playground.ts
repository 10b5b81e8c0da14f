/**
 * The playground on the site. All that the site knows of it is here: whether there is one, how its
 * files are made, and what a link into it looks like.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { commands } from '../runtime/cli/commands.ts';
import { SHARE_START } from '../runtime/play/share.ts';
import type { PlayState } from '../runtime/play/state.ts';
import { root } from './texts.ts';

/** Whether `glossa playground` is there. Without it the site has no page and no links for it. */
export const hasPlayground = commands.has('playground');

/** Where it is, from the site's top. */
export const PLAYGROUND = '/playground/';

const ENDINGS: Readonly<Record<string, string>> = { python: '.py', js: '.js' };

const VOLFILE = `volume files
    type storage/memory
end-volume

volume shown
    type features/glupy
    option module-name shown
    subvolumes files
end-volume
`;

/** A link that opens the playground with a module; undefined for what it cannot run. */
export function runLink(language: string, code: string): string | undefined {
  const ending = ENDINGS[language];
  const isModule = /^(export )?class xlator\b/m.test(code);
  if (!hasPlayground || !isModule || ending === undefined) return undefined;
  const state: PlayState = {
    texts: { '/graph.vol': VOLFILE, [`/shown${ending}`]: code },
    distanceMs: 0,
    journal: [],
  };
  // What `encodeShare` makes, which is for a page and takes its time.
  const bytes = deflateSync(JSON.stringify(state));
  return `${PLAYGROUND}#${SHARE_START}${bytes.toString('base64url')}`;
}

/** Writes its files into a folder. @throws {Error} */
export function writePlayground(out: string): void {
  const glossa = join(root, 'dist/runtime/cli/main.js');
  const { status } = spawnSync(process.execPath, [glossa, 'playground', '--out', out], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) throw new Error(`glossa playground --out ${out} has failed`);
}
