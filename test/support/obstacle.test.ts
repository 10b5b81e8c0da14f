/** Tests of skipping groups of tests whose needs a machine lacks. */
import { afterEach, expect, it, vi } from 'vitest';
import { isSkipped } from './obstacle.ts';

const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);

afterEach(() => {
  written.mockClear();
  vi.unstubAllEnvs();
});

it('isSkipped skips a group with an obstacle and prints the reason', () => {
  vi.stubEnv('GLOSSA_REQUIRE_ALL', '');
  expect(isSkipped('the group', 'gcc is missing')).toBe(true);
  expect(written.mock.calls).toEqual([['skipped: the group: gcc is missing\n']]);
  expect(isSkipped('the group', '')).toBe(false);
});

it('isSkipped skips no group under GLOSSA_REQUIRE_ALL=1', () => {
  vi.stubEnv('GLOSSA_REQUIRE_ALL', '1');
  expect(isSkipped('the group', 'gcc is missing')).toBe(false);
  expect(written).not.toHaveBeenCalled();
});
