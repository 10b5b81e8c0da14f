/** Replaces `Date` by one that follows a test's clock. */
import { host } from './host.ts';

/** The date on which every test begins: 2026-01-01 00:00:00 UTC. */
const EPOCH_MS = 1_767_225_600_000;

const now = (): number => EPOCH_MS + Math.floor(host.now() / 1000);

const Real = Date;

class TestDate extends Real {
  constructor(...args: ConstructorParameters<typeof Date> | []) {
    if (args.length === 0) super(now());
    else super(...(args as ConstructorParameters<typeof Date>));
  }

  static override now(): number {
    return now();
  }
}

Object.defineProperty(TestDate, 'name', { value: 'Date' });
(globalThis as { Date: unknown }).Date = TestDate;
