/** The pictures in the texts are those that recordings give, and all of them are shown. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { pictures } from '../../tools/gen/pictures/index.ts';

const TEXTS = ['apps/course/lessons/concepts.md', 'docs/guide-python.md'];
/** The picture beside the headline of the site, which tools/site/home.md names by its place there. */
const HERO = /^ {4}src: \/figures\/tools-site-(pictures)-(.+)\n {4}alt: .+$/m;

it('pictures are up to date, and shown with words for who cannot see them', async () => {
  const made = await pictures();
  for (const { path, text } of made) {
    expect(readFileSync(path, 'utf8') === text, `${path}: run \`npm run gen\``).toBe(true);
    expect(text.slice(0, 200), path).toMatch(/Generated from .* Do not edit\./);
    expect(text, path).toMatch(/<title\b[^>]*>[^<]+<\/title>/);
  }
  const shown = TEXTS.flatMap((source) =>
    [...readFileSync(source, 'utf8').matchAll(/!\[([^\]]+)\]\((pictures\/[^)]+)\)/g)].map(
      ([, , path]) => join(dirname(source), path!),
    ),
  );
  const [, folder, name] = HERO.exec(readFileSync('tools/site/home.md', 'utf8'))!;
  shown.push(join('tools/site', folder!, name!));
  const kept = [...new Set(made.map(({ path }) => dirname(path)))].flatMap((folder) =>
    readdirSync(folder).map((name) => join(folder, name)),
  );
  const paths = made.map(({ path }) => path).sort();
  expect(shown.sort()).toEqual(paths);
  expect(kept.sort()).toEqual(paths);
});
