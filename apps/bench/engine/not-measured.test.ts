import { expect, it } from 'vitest';
import { missingText, NotMeasured, orMissing, WrongAnswers } from './not-measured.ts';

it('orMissing returns the reason of NotMeasured', async () => {
  const refused = orMissing(() => Promise.reject(new NotMeasured('no compiler')));
  await expect(refused).resolves.toEqual({ missing: 'no compiler' });
});

it('orMissing marks wrong answers', async () => {
  const wrong = await orMissing(() => Promise.reject(new WrongAnswers('2 of 3')));
  expect(wrong).toEqual({ missing: '2 of 3', wrong: true });
  expect(missingText(wrong)).toBe('wrong: 2 of 3');
});

it('orMissing rethrows other errors', async () => {
  const broken = orMissing(() => Promise.reject(new TypeError('a bug')));
  await expect(broken).rejects.toThrow('a bug');
});
