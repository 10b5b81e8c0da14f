/** Path functions of the host, compared with node:path. */
import { posix } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { basename, dirname, join, normalize, resolve } from './paths.ts';

const path = fc
  .array(fc.constantFrom('/', '//', '.', '..', 'a', 'name.py', '.whl', 'é'), { maxLength: 8 })
  .map((parts) => parts.join(''));
const absolute = path.map((text) => `/${text}`);
/** The host's paths have no trailing slash. */
const bare = (text: string): string => text.replace(/(?<=.)\/$/, '').replace(/^\.\/$/, '.');

it('normalize, join, resolve, dirname and basename agree with node:path', () => {
  fc.assert(
    fc.property(path, path, absolute, (one, other, base) => {
      expect(normalize(one)).toBe(bare(posix.normalize(one)));
      expect(join(one, other)).toBe(bare(posix.join(one, other)));
      expect(resolve(base, one)).toBe(posix.resolve(base, one));
      const clean = normalize(one);
      expect(dirname(clean)).toBe(posix.dirname(clean));
      expect(basename(clean)).toBe(posix.basename(clean));
      expect(basename(`/${clean}`, '.whl')).toBe(posix.basename(`/${clean}`, '.whl'));
    }),
  );
});
