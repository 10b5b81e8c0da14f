/** Tests that the project does not grow: what is added replaces something (tools/size.ts). */
import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { measureSize } from '../../tools/size.ts';
import { isSkipped } from '../support/obstacle.ts';

const obstacle = existsSync('.git') ? '' : 'this is no checkout of git';

it.skipIf(isSkipped('the size of the project', obstacle))(
  'no count of the project exceeds its bound',
  () => {
    const exceeded = measureSize().filter(({ count, bound }) => count > bound);
    expect(exceeded).toEqual([]);
  },
);
