/**
 * The pictures of the texts. Each is drawn from a recording of requests through a real graph: the
 * volfile and the module are those that the text shows, or the lesson's.
 */
import { readFileSync } from 'node:fs';
import { plainVolumes } from '../../graph/description.ts';
import { renderSvg } from '../../graph/render/svg.ts';
import { Source } from '../../graph/source.ts';
import { inspectVolfile } from '../../graph/volfile.ts';
import type { Walk } from '../../observe/walk.ts';
import { frames } from './frames.ts';
import { record } from './record.ts';
import { sequence } from './sequence.ts';
import { things } from './things.ts';

export interface Picture {
  readonly path: string;
  readonly text: string;
}

const CONCEPTS = 'lessons/concepts.md';
const GUIDE = 'docs/guide-python.md';
const CACHE = 'lessons/7-cache/solution.py';

const read = (path: string): string => readFileSync(path, 'utf8');

/** The only block of code in a text that has these words in it. @throws {Error} */
function blockWith(path: string, words: string): string {
  const blocks = [...read(path).matchAll(/^```\w*\n(.*?)^```$/gms)].map((match) => match[1]!);
  const found = blocks.filter((block) => block.includes(words));
  if (found.length !== 1) throw new Error(`${path}: ${found.length} blocks with '${words}'`);
  return found[0]!;
}

/** A module above one storage, or several. */
const stack = (module: string, storages: readonly string[]): string =>
  [
    ...storages.map((name) => `volume ${name}\n    type storage/memory\nend-volume\n`),
    `volume ${module}\n    type features/glupy\n    option module-name ${module}\n` +
      `    subvolumes ${storages.join(' ')}\nend-volume\n`,
  ].join('\n');

/** The last of a line's requests that is of this fop. @throws {Error} */
function last(walks: readonly Walk[] | undefined, fop: string): Walk {
  const found = walks?.findLast(({ root }) => root.wind.fop === fop);
  if (found === undefined) throw new Error(`no ${fop} was recorded`);
  return found;
}

export async function pictures(): Promise<Picture[]> {
  return [
    ...(await cachePictures()),
    { path: 'lessons/pictures/inode.svg', text: await inodePicture() },
    { path: 'lessons/pictures/graph.svg', text: graphPicture() },
    { path: 'lessons/pictures/cookie.svg', text: await cookiePicture() },
    { path: 'docs/pictures/several.svg', text: await severalPicture() },
  ];
}

async function cachePictures(): Promise<Picture[]> {
  const [miss, hit] = await record({
    volfile: stack('cache', ['storage']),
    modules: { 'cache.py': read(CACHE) },
    before: ['mkdir /books'],
    lines: ['stat /books/no', 'stat /books/no'],
  });
  const first = last(miss, 'lookup');
  return [
    {
      path: 'lessons/pictures/wind.svg',
      text: sequence(
        'A request goes down, and its reply comes up',
        ['cache', 'storage'],
        [
          { heading: 'Nobody has asked for /books/no before', walk: first },
          { heading: 'It is asked for again', walk: last(hit, 'lookup') },
        ],
      ),
    },
    { path: 'lessons/pictures/frames.svg', text: frames('The frames of one request', first) },
  ];
}

async function inodePicture(): Promise<string> {
  const [, moby, whale] = await record({
    volfile: 'volume storage\n    type storage/memory\nend-volume\n',
    modules: {},
    lines: [
      'mkdir /books; echo Call me Ishmael. > /books/moby; ln /books/moby /books/whale',
      'stat /books/moby',
      'stat /books/whale',
    ],
  });
  return things('A loc, an inode and its iatt', [last(moby, 'lookup'), last(whale, 'lookup')]);
}

/** Of the volfile that the text shows. */
function graphPicture(): string {
  const { description } = inspectVolfile(new Source(CONCEPTS, blockWith(CONCEPTS, 'volume ')), {});
  if (description === undefined) throw new Error(`${CONCEPTS}: the volfile is wrong`);
  const note = '<!-- Generated from lessons/concepts.md (npm run gen). Do not edit. -->\n';
  return note + renderSvg(plainVolumes(description));
}

async function cookiePicture(): Promise<string> {
  const [, asked] = await record({
    volfile: stack('both', ['left', 'right']),
    modules: { 'both.py': blockWith(CONCEPTS, 'cookie=') },
    lines: ['echo Call me Ishmael. > /moby', 'stat /moby'],
  });
  return sequence(
    'Two replies, told apart by their cookies',
    ['both', 'left', 'right'],
    [{ heading: 'A lookup of /moby, which is on the left alone', walk: last(asked, 'lookup') }],
  );
}

async function severalPicture(): Promise<string> {
  const [asked] = await record({
    volfile: stack('every', ['one', 'two']),
    modules: { 'every.py': blockWith(GUIDE, 'Sets attributes on every child') },
    lines: ['chmod 700 /'],
  });
  return sequence(
    'One request, wound to two children',
    ['every', 'one', 'two'],
    [{ heading: 'chmod 700 /', walk: last(asked, 'setattr') }],
  );
}
