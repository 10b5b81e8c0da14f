/** Checks lesson 1: the translator logs the path of each lookup, and passes the request on. */
import { type Check, listLoggedTexts, lookUp, must } from '../check.ts';

export const check: Check = async ({ volume }) => {
  const g = await volume();
  await g.child.mkdir('/books');
  await g.child.write('/books/moby', 'Call me Ishmael.');
  g.clear();
  const text = await g.readText('/books/moby');
  must(
    text === 'Call me Ishmael.',
    `A file was read through your translator, and it says '${text}' now. Let each request pass: \`frame.wind()\`.`,
  );
  must(
    g.asked('lookup').some(({ path }) => path === '/books/moby'),
    'A file was looked up, and the storage was never asked for it. `frame.wind()` passes a request on.',
  );
  const lines = listLoggedTexts(g, 'I');
  must(
    lines.length > 0,
    'A file was looked up, and nothing is in the log. `self.log.info("…")` writes a line.',
  );
  must(
    lines.some((line) => line.includes('/books/moby')),
    `The file /books/moby was looked up, and your translator logged '${lines.at(-1)}'. It should say the path that is asked for: \`loc.path\`.`,
  );
  await lookUp(g, '/books/ulysses');
  const last = listLoggedTexts(g, 'I').at(-1);
  must(
    last?.includes('/books/ulysses') === true,
    `The second file was /books/ulysses, and your translator logged '${last}'. The path is a different one for each request: take it from \`loc.path\`.`,
  );
  return 'Two files were looked up. Both requests went through your translator: it logged their paths, and passed them on to the storage.';
};
