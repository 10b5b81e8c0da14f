import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type LogRecord, WARNING } from '../runtime/core/log.ts';
import { messages } from '../runtime/core/messages.ts';
import { RepeatCounter, type RepeatSettings } from './repeat-counter.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function rig(counting: Partial<RepeatSettings> = {}) {
  const out: string[] = [];
  const counter = new RepeatCounter(
    ({ text, time, repeated }) =>
      void out.push(repeated ? `${text} ${repeated.times} of ${repeated.since}-${time}` : text),
    { bufSize: undefined, flushTimeout: undefined, ...counting },
  );
  let time = 0;
  const write = (text: string, more: Partial<LogRecord> = {}): void => {
    time += 1;
    const place = { file: 'a.ts', line: 1, func: 'f', graphId: 0, domain: 'q' };
    counter.write({ ...place, level: WARNING, msgid: 200001, time, text, ...more });
  };
  return { out, counter, write };
}

test('a repeated message is logged once, and its count after the timeout', () => {
  const { out, write } = rig();
  for (let at = 0; at < 5; at++) write('a');
  expect(out).toEqual(['a']);
  vi.advanceTimersByTime(119_000);
  expect(out).toEqual(['a']);
  vi.advanceTimersByTime(2000);
  expect(out).toEqual(['a', 'a 4 of 1-5']);
  write('a');
  expect(out).toEqual(['a', 'a 4 of 1-5', 'a']);
  vi.advanceTimersByTime(500_000);
  expect(out).toHaveLength(3);
});

test('messages about a new state are all written, so that the last line holds', () => {
  const { out, write } = rig();
  const { moduleReloaded, moduleNotReloaded, directoryGone, directoryBack } = messages;
  const states = [moduleReloaded, moduleNotReloaded, moduleReloaded, moduleReloaded];
  for (const { id } of states) write(String(id), { msgid: id });
  for (const { id } of [directoryGone, directoryBack, directoryGone]) write('d', { msgid: id });
  expect(out).toEqual([...states.map(({ id }) => String(id)), 'd', 'd', 'd']);
});

test('a message that was repeated once is written twice, not as a count', () => {
  const { out, counter, write } = rig();
  write('a');
  write('a');
  counter.flush();
  expect(out).toEqual(['a', 'a']);
});

test('a full buffer of messages drops the one that was repeated longest ago, and logs its count', () => {
  const { out, write } = rig({ bufSize: 2 });
  for (const text of ['a', 'b', 'b', 'a', 'a', 'b', 'a']) write(text);
  expect(out).toEqual(['a', 'b']);
  write('c');
  expect(out).toEqual(['a', 'b', 'b 2 of 2-6', 'c']);
});

test.each<[string, Partial<LogRecord>]>([
  ['another level', { level: 3 }],
  ['another id', { msgid: 200002 }],
  ['another line', { line: 2 }],
  ['another volume', { domain: 'r' }],
  ['another errno', { errno: 5 }],
  ['other pairs', { pairs: { path: '/b' } }],
])('a message with %s is not counted as a repeat', (_, more) => {
  const { out, write } = rig();
  write('a');
  write('a', more);
  expect(out).toEqual(['a', 'a']);
});

test.each<[string, Partial<RepeatSettings>, Partial<LogRecord>]>([
  ['without an id', {}, { msgid: undefined }],
  ['without room', { bufSize: 0 }, {}],
])('repeats of a message %s are all written', (_, counting, more) => {
  const { out, write } = rig(counting);
  for (let at = 0; at < 3; at++) write('a', more);
  expect(out).toEqual(['a', 'a', 'a']);
});
