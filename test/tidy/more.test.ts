/** What `npm test` leaves to `npm run test:more` is there. */
import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { sources } from './sources.ts';

/** Other front ends than the kernel's, and stacks that are tried there. */
const OTHER =
  /\beveryFrontEnd\b|\b(every|all)Kinds?\b|\buser: \[|'(user|fuse-native|memory|rebuilt|awaited\S*)'|\blater: /;

it('what is tried in other ways, too, has a file beside it that does so', () => {
  const missing = sources('.mount.test.ts')
    .filter(({ text }) => /\bon(Stage|FrontEnds)\(/.test(text) && OTHER.test(text))
    .map(({ path }) => path.replace(/test\.ts$/, 'more.test.ts'))
    .filter((path) => !existsSync(path));
  expect(missing).toEqual([]);
});
