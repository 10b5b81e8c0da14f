/** When a thread that took no message counts as stuck; a channel stands for the thread. */
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import type { Xlator } from '../../runtime/core/xlator.ts';
import { Channel } from './channel.ts';
import { GuestLink, type GuestLinkOwner } from './guest-link.ts';
import { Liveness } from './liveness.ts';
import { TO_GUEST } from './messages.ts';

const TIME_LIMIT_S = 5;
let nowMs = 0;
beforeEach(() => {
  nowMs = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
});
afterEach(() => vi.restoreAllMocks());

/** A link with a thread that sits in its event loop, and reads when woken if it `reads`. */
function startIdleThread({
  reads,
  hasManualClock = false,
}: {
  reads: boolean;
  hasManualClock?: boolean;
}) {
  let check = (): void => {};
  const stuck: string[] = [];
  let wakes = 0;
  const context = {
    now: () => nowMs,
    after(_: number, task: () => void) {
      check = task;
      return () => {};
    },
    ...(hasManualClock ? {} : { soon: () => () => {} }),
  };
  const xl = { context, log: { level: 0 } } as unknown as Xlator<unknown>;
  const owner = { awaitsResult: false, isStopped: false, handleIdle() {} } as GuestLinkOwner;
  const link = new GuestLink(xl, owner, () => {
    wakes += 1;
    if (!reads) return;
    while (thread.receive() !== null) thread.raiseHeartbeat();
    thread.setAway(false);
  });
  const thread = new Channel(link.shared, 1, () => {});
  thread.setAway(false);
  const liveness = new Liveness(
    xl.context,
    link.channel,
    TIME_LIMIT_S,
    () => link.exchangeMessages(),
    (why) => stuck.push(why),
  );
  liveness.hasStarted = true;
  onTestFinished(() => link.close());
  return {
    stuck,
    countWakes: () => wakes,
    sendUnawaited() {
      link.begin(TO_GUEST.STOP_NOTES);
      link.send(false);
    },
    pass(seconds: number) {
      for (const endMs = nowMs + seconds * 1000; nowMs < endMs; nowMs += 250) check();
    },
  };
}

it('an idle thread with a message that no one waits for is woken by the next check, and is not stuck', () => {
  const run = startIdleThread({ reads: true });
  for (let notice = 0; notice < 100; notice++) {
    run.sendUnawaited();
    expect([run.countWakes(), run.stuck]).toEqual([notice, []]);
    run.pass(60);
    expect([run.countWakes(), run.stuck]).toEqual([notice + 1, []]);
  }
});

it('a thread that does not read although it was woken is stuck', () => {
  const run = startIdleThread({ reads: false });
  run.sendUnawaited();
  run.pass(60);
  expect(run.countWakes()).toBe(1);
  expect(run.stuck[0]).toContain('a call ran too long');
});

it("under a test's clock each message wakes the thread", () => {
  const run = startIdleThread({ reads: true, hasManualClock: true });
  run.sendUnawaited();
  expect(run.countWakes()).toBe(1);
});
