/**
 * The pictures of the texts. Each is drawn from a recording of requests through a real graph: the
 * volfile and the module are those that the text shows, or the lesson's.
 */
import { readFileSync } from 'node:fs';
import type { Walk } from '../../../runtime/observe/walk.ts';
import { plainVolumes } from '../../../runtime/volfile/description.ts';
import { renderSvg } from '../../../runtime/volfile/render/svg.ts';
import { Source } from '../../../runtime/volfile/source.ts';
import { inspectVolfile } from '../../../runtime/volfile/volfile.ts';
import { frames } from './frames.ts';
import { record } from './record.ts';
import { sequence } from './sequence.ts';
import { stack as stackPicture } from './stack.ts';
import { things } from './things.ts';

export interface Picture {
  readonly path: string;
  readonly text: string;
}

const CONCEPTS = 'apps/course/lessons/concepts.md';
const GUIDE = 'docs/guide-python.md';
const CACHE = 'apps/course/lessons/7-cache/solution.py';

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
    { path: 'apps/course/lessons/pictures/inode.svg', text: await inodePicture() },
    { path: 'apps/course/lessons/pictures/graph.svg', text: graphPicture() },
    { path: 'apps/course/lessons/pictures/cookie.svg', text: await cookiePicture() },
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
      path: 'apps/course/lessons/pictures/wind.svg',
      text: sequence(
        'A request goes down, and its reply comes up',
        ['cache', 'storage'],
        [
          { heading: 'Nobody has asked for /books/no before', walk: first },
          { heading: 'It is asked for again', walk: last(hit, 'lookup') },
        ],
      ),
    },
    {
      path: 'apps/course/lessons/pictures/frames.svg',
      text: frames('The frames of one request', first),
    },
    {
      path: 'tools/site/pictures/stack.svg',
      text: stackPicture(
        'A request goes down a stack, and its reply comes up',
        [
          { volume: null, lines: ['a program', 'stat /books/no'] },
          { volume: 'cache', lines: ['cache', 'your translator'] },
          { volume: 'storage', lines: ['storage', 'has the files'] },
        ],
        [
          { heading: 'First: the storage is asked', walk: first },
          { heading: 'Again: the cache knows', walk: last(hit, 'lookup') },
        ],
      ),
    },
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
  const note =
    '<!-- Generated from apps/course/lessons/concepts.md (npm run gen). Do not edit. -->\n';
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
