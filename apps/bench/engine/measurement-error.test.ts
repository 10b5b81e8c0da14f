import { expect, it } from 'vitest';
import {
  formatMissing,
  MeasurementError,
  measureOrExplain,
  WrongAnswers,
} from './measurement-error.ts';

it('measureOrExplain returns the reason when a measurement throws MeasurementError', async () => {
  const unmeasured = measureOrExplain(() => Promise.reject(new MeasurementError('no compiler')));
  await expect(unmeasured).resolves.toEqual({ missing: 'no compiler' });
});

it('measureOrExplain returns the reason, marked as wrong, when a measurement throws WrongAnswers', async () => {
  const wrong = await measureOrExplain(() => Promise.reject(new WrongAnswers('2 of 3')));
  expect(wrong).toEqual({ missing: '2 of 3', wrong: true });
  expect(formatMissing(wrong)).toBe('wrong: 2 of 3');
});

it('measureOrExplain rethrows other errors', async () => {
  const broken = measureOrExplain(() => Promise.reject(new TypeError('a bug')));
  await expect(broken).rejects.toThrow('a bug');
});
