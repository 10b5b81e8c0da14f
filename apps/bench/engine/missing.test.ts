import { expect, it } from 'vitest';
import { missingText, NotMeasured, orMissing, WrongAnswers } from './missing.ts';

it('keeps the reason', async () => {
  const refused = orMissing(() => Promise.reject(new NotMeasured('no compiler')));
  await expect(refused).resolves.toEqual({ missing: 'no compiler' });
});

it('keeps that answers were wrong', async () => {
  const wrong = await orMissing(() => Promise.reject(new WrongAnswers('2 of 3')));
  expect(wrong).toEqual({ missing: '2 of 3', wrong: true });
  expect(missingText(wrong)).toBe('wrong: 2 of 3');
});

it('lets any other error through', async () => {
  const broken = orMissing(() => Promise.reject(new TypeError('a bug')));
  await expect(broken).rejects.toThrow('a bug');
});
