/**
 * The playground on the site. All that the site knows of it is here: whether there is one, how its
 * files are made, and what a link into it looks like.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { fragmentOf } from '../../apps/course/link.ts';
import type { PlayState } from '../../apps/playground/play/state.ts';
import { SHARE_START } from '../../apps/playground/play/state.ts';
import { commands } from '../../cli/commands.ts';
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

/** In Markdown. It says where it opens: otherwise VitePress looks for a page of its own there. */
const linkTo = (fragment: string, text: string): string =>
  `[${text}](${PLAYGROUND}#${fragment}){target="_self"}`;

/** A lesson of the course; null for any other text. */
const lessonOf = (source: string): string | null =>
  /^apps\/course\/lessons\/(.*)\/lesson\.md$/.exec(source)?.[1] ?? null;

/** The text of a lesson with links to the same lesson in the playground; other texts as they are. */
export function withLesson(text: string, source: string): string {
  const lesson = lessonOf(source);
  if (!hasPlayground || lesson === null) return text;
  const python = linkTo(
    fragmentOf({ lesson, language: 'python' }),
    'Do this lesson in the playground',
  );
  const javascript = linkTo(fragmentOf({ lesson, language: 'javascript' }), 'or in JavaScript');
  return text.replace(/^# .*\n/, `$&\n${python} ${javascript}\n`);
}

/**
 * A link, in Markdown, that opens the playground with a module of a text; undefined for what it cannot
 * run, and in a lesson, which is itself in the playground.
 */
export function runLink(source: string, language: string, code: string): string | undefined {
  const ending = ENDINGS[language];
  const isModule = /^(export )?class xlator\b/m.test(code);
  if (!hasPlayground || !isModule || ending === undefined || lessonOf(source) !== null) {
    return undefined;
  }
  const state: PlayState = {
    texts: { '/graph.vol': VOLFILE, [`/shown${ending}`]: code },
    distanceMs: 0,
    journal: [],
  };
  // What `encodeShare` makes, which is for a page and takes its time.
  const bytes = deflateSync(JSON.stringify(state));
  return linkTo(SHARE_START + bytes.toString('base64url'), 'Run this in the playground');
}

/** Writes its files into a folder. @throws {Error} */
export function writePlayground(out: string): void {
  const glossa = join(root, 'dist/cli/main.js');
  const { status } = spawnSync(process.execPath, [glossa, 'playground', '--out', out], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) throw new Error(`glossa playground --out ${out} has failed`);
}
