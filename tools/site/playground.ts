/**
 * Connects the site with the playground: whether it exists, how to write its files, and links into
 * it. No other file of the site depends on it.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { fragmentOf } from '../../apps/course/lesson-link.ts';
import type { PlayState } from '../../apps/playground/play/state.ts';
import { SHARE_START } from '../../apps/playground/play/state.ts';
import { commands } from '../../cli/commands.ts';
import { root } from './texts.ts';

/** Whether `glossa playground` exists; without it, the site has no links to it. */
export const hasPlayground = commands.has('playground');

/** Its path from the site's top. */
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

/** A link in Markdown with a target, without which VitePress would look for a page of its own. */
const linkTo = (fragment: string, text: string): string =>
  `[${text}](${PLAYGROUND}#${fragment}){target="_self"}`;

/** The lesson of a text; null for other texts. */
const lessonOf = (source: string): string | null =>
  /^apps\/course\/lessons\/(.*)\/lesson\.md$/.exec(source)?.[1] ?? null;

/** Adds a link to the playground to the text of a lesson; other texts stay unchanged. */
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
 * A link, in Markdown, that opens a module of a text in the playground; undefined for code that it
 * cannot run, and in lessons, which have their own link.
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
  // The same as `encodeShare`, which is asynchronous, for a page.
  const bytes = deflateSync(JSON.stringify(state));
  return linkTo(SHARE_START + bytes.toString('base64url'), 'Run this in the playground');
}

/** Writes the playground's files into a folder. @throws {Error} */
export function writePlayground(out: string): void {
  const glossa = join(root, 'dist/cli/main.js');
  const { status } = spawnSync(process.execPath, [glossa, 'playground', '--out', out], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) throw new Error(`glossa playground --out ${out} has failed`);
}
