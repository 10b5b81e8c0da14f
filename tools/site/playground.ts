/**
 * Links the site to the playground: writes the playground's files, and makes links that open a
 * lesson or a module in it. If `glossa playground` does not exist, the site has no such links. Only
 * this file of the site imports the playground.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { formatLessonFragment } from '../../apps/course/lesson-link.ts';
import type { PlayState } from '../../apps/playground/play/share-fragment.ts';
import { SHARE_PREFIX } from '../../apps/playground/play/share-fragment.ts';
import { commands } from '../../cli/commands.ts';
import { root } from './texts.ts';

/** Whether `glossa playground` exists; without it, the site has no links to it. */
export const hasPlayground = commands.has('playground');

/** The playground's path from the site's top. */
export const PLAYGROUND_PATH = '/playground/';

/** The ending of a module's file name, by its language in Markdown. */
const EXTENSION_BY_LANGUAGE: Readonly<Record<string, string>> = { python: '.py', js: '.js' };

/** The volfile of the graph that runs a module of a text. */
const VOLFILE = `volume files
    type storage/memory
end-volume

volume shown
    type features/glupy
    option module-name shown
    subvolumes files
end-volume
`;

/**
 * Makes a Markdown link. As it has a `target`, VitePress does not take it for a page of the site.
 */
const makeLink = (fragment: string, text: string): string =>
  `[${text}](${PLAYGROUND_PATH}#${fragment}){target="_self"}`;

/** Returns the lesson whose text has this path; null for other texts. */
const findLesson = (source: string): string | null =>
  /^apps\/course\/lessons\/(.*)\/lesson\.md$/.exec(source)?.[1] ?? null;

/** Adds a link to the playground to the text of a lesson; other texts stay unchanged. */
export function addLessonLink(text: string, source: string): string {
  const lesson = findLesson(source);
  if (!hasPlayground || lesson === null) return text;
  const python = makeLink(
    formatLessonFragment({ lesson, language: 'python' }),
    'Do this lesson in the playground',
  );
  const javascript = makeLink(
    formatLessonFragment({ lesson, language: 'javascript' }),
    'or in JavaScript',
  );
  return text.replace(/^# .*\n/, `$&\n${python} ${javascript}\n`);
}

/**
 * Makes a Markdown link that opens a text's module in the playground. Undefined for code that the
 * playground cannot run, and in lessons, which have a link of their own.
 * @param source path of the text
 */
export function makeModuleLink(source: string, language: string, code: string): string | undefined {
  const extension = EXTENSION_BY_LANGUAGE[language];
  const isModule = /^(export )?class xlator\b/m.test(code);
  if (!hasPlayground || !isModule || extension === undefined || findLesson(source) !== null) {
    return undefined;
  }
  const state: PlayState = {
    texts: { '/graph.vol': VOLFILE, [`/shown${extension}`]: code },
    distanceMs: 0,
    journal: [],
  };
  // The encoding of `encodeShare`, which is asynchronous, as it runs in browsers.
  const bytes = deflateSync(JSON.stringify(state));
  return makeLink(SHARE_PREFIX + bytes.toString('base64url'), 'Run this in the playground');
}

/** Writes the playground's files into a folder. @throws {Error} if the command fails */
export function writePlayground(out: string): void {
  const glossa = join(root, 'dist/cli/main.cjs');
  const { status } = spawnSync(process.execPath, [glossa, 'playground', '--out', out], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) throw new Error(`glossa playground --out ${out} has failed`);
}
