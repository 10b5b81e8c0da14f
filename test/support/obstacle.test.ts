import { afterEach, expect, it, vi } from 'vitest';
import { isSkipped } from './obstacle.ts';

const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);

afterEach(() => {
  written.mockClear();
  vi.unstubAllEnvs();
});

it('a group without what it needs is skipped, and the reason told', () => {
  vi.stubEnv('GLOSSA_REQUIRE_ALL', '');
  expect(isSkipped('the group', 'gcc is missing')).toBe(true);
  expect(written.mock.calls).toEqual([['skipped: the group: gcc is missing\n']]);
  expect(isSkipped('the group', '')).toBe(false);
});

it('with GLOSSA_REQUIRE_ALL=1 it is not, and has to fail', () => {
  vi.stubEnv('GLOSSA_REQUIRE_ALL', '1');
  expect(isSkipped('the group', 'gcc is missing')).toBe(false);
  expect(written).not.toHaveBeenCalled();
});
