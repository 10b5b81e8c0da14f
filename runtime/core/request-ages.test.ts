import { expect, test } from 'vitest';
import { RequestAges } from './request-ages.ts';

test('the age of a request counts from the first mark after its beginning', () => {
  const ages = new RequestAges();
  expect(ages.computeMinimumAge(1, 5000)).toBe(0);
  const none = () => [];
  ages.mark(1000, 10, none);
  ages.mark(2000, 20, none);
  ages.mark(3000, 20, none);
  ages.mark(4000, 30, none);
  expect([1, 10, 11, 20, 21, 30, 31].map((unique) => ages.computeMinimumAge(unique, 5000))).toEqual(
    [4000, 4000, 3000, 3000, 1000, 1000, 0],
  );
});

test('the ages of requests in flight stay known when other marks are dropped beyond the limit', () => {
  const ages = new RequestAges();
  const inFlight = [2, 500, 501, 99_999];
  for (let second = 1; second <= 100_000; second++) {
    ages.mark(second * 1000, 10 * second, () => inFlight.map((began) => 10 * began));
  }
  const now = 100_000_000;
  expect(inFlight.map((began) => now - ages.computeMinimumAge(10 * began, now))).toEqual(
    inFlight.map((began) => began * 1000),
  );
  // Other requests lose their own marks.
  expect(now - ages.computeMinimumAge(20_000, now)).toBeGreaterThan(2_000_000);
});
