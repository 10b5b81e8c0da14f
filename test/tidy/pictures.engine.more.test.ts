/** The pictures in the texts are those that recordings give, and all of them are shown. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { pictures } from '../../runtime/gen/pictures/index.ts';

const TEXTS = ['lessons/concepts.md', 'docs/guide-python.md'];

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
  const kept = [...new Set(made.map(({ path }) => dirname(path)))].flatMap((folder) =>
    readdirSync(folder).map((name) => join(folder, name)),
  );
  const paths = made.map(({ path }) => path).sort();
  expect(shown.sort()).toEqual(paths);
  expect(kept.sort()).toEqual(paths);
});
