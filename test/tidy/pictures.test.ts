/**
 * Tests of the pictures beside the texts: each is shown, and has a title and an alternative text; generated ones are up
 * to date.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { generatePictures } from '../../tools/gen/pictures/index.ts';

const FOLDERS = [
  'apps/course/lessons/pictures',
  'docs/program/pictures',
  'docs/start/pictures',
  'docs/write/pictures',
];
const TEXTS = [
  'README.md',
  'apps/course/lessons/concepts.md',
  'docs/program/chunks.md',
  'docs/write/python.md',
];
/** The picture beside the headline of the site, which is the README's. */
const HERO = /^ {4}src: \/figures\/docs-start-pictures-(.+)\n {4}alt: .+$/m;

const pictures = FOLDERS.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));

it('every picture is shown in a text with an alternative text', () => {
  const shown = TEXTS.flatMap((source) =>
    [...readFileSync(source, 'utf8').matchAll(/!\[([^\]]+)\]\(([^)]*pictures\/[^)]+)\)/g)].map(
      ([, , path]) => join(dirname(source), path!),
    ),
  );
  expect(shown.sort()).toEqual(pictures.sort());
  const [, hero] = HERO.exec(readFileSync('tools/site/home.md', 'utf8'))!;
  expect(shown).toContain(join('docs/start/pictures', hero!));
});

it.each(pictures)('the picture %s has a title', (path) => {
  expect(readFileSync(path, 'utf8')).toMatch(/<title\b[^>]*>[^<]+<\/title>/);
});

it('the pictures that are drawn from recordings are up to date, and show how locks pass on', async () => {
  const pictures = await generatePictures();
  for (const { path, text } of pictures)
    expect(readFileSync(path, 'utf8') === text, `${path}: run \`npm run gen\``).toBe(true);
  const [handover, fence] = pictures.map(({ text }) => text);
  expect(handover).toContain('B gets: it has the lock, fence 2.');
  expect(fence).toContain('B gets: ESTALE.');
});
