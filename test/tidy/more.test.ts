/** What `npm test` leaves to `npm run test:more` and to `npm run test:long` is there. */
import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { sources } from './sources.ts';

/** What a file of tests names, and the files beside it that may run what it says of them. */
const rows: readonly { what: string; names: RegExp; kinds: readonly string[] }[] = [
  {
    what: 'by other front ends, and on stacks that are tried there',
    names:
      /\beveryFrontEnd\b|\b(every|all)Kinds?\b|\buser: \[|'(user|fuse-native|memory|rebuilt|awaited\S*)'|\blater: /,
    kinds: ['long.test.ts', 'more.test.ts'],
  },
  {
    what: 'through bricks',
    names:
      /\b(brick|foreign|our|distribute)Kinds\b|'(real-brick|own-brick|real-client|distribute-\w+)'/,
    kinds: ['more.test.ts'],
  },
];

it.each(rows)('what is tried $what, too, has a file beside it that does so', ({ names, kinds }) => {
  const missing = sources('.mount.test.ts')
    .filter(({ text }) => /\bon(Stage|FrontEnds)\(/.test(text) && names.test(text))
    .map(({ path }) => path.replace(/test\.ts$/, ''))
    .filter((path) => !kinds.some((kind) => existsSync(`${path}${kind}`)));
  expect(missing).toEqual([]);
});
