/** Replaces `Date` by one that follows a test's clock; only tests import this file. */
import { host } from './host.ts';

/** The start of every test, in milliseconds: 2026-01-01 00:00:00 UTC. */
const EPOCH_MS = 1_767_225_600_000;

const readTestTime = (): number => EPOCH_MS + Math.floor(host.now() / 1000);

const OriginalDate = Date;

class TestDate extends OriginalDate {
  constructor(...args: ConstructorParameters<typeof Date> | []) {
    if (args.length === 0) super(readTestTime());
    else super(...(args as ConstructorParameters<typeof Date>));
  }

  static override now(): number {
    return readTestTime();
  }
}

Object.defineProperty(TestDate, 'name', { value: 'Date' });
(globalThis as { Date: unknown }).Date = TestDate;
