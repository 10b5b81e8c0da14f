/** The page replaces workers that do not answer. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OPENING_ID, type WorkerLike, WorkerLost, WorkerSession } from './page/worker-session.ts';
import type { Question } from './play/protocol.ts';

const PATIENCE_MS = 60_000;
const patience = {
  ...{ start: PATIENCE_MS, run: PATIENCE_MS, complete: PATIENCE_MS },
  ...{ judge: PATIENCE_MS, distance: PATIENCE_MS },
};

/** A worker that answers only when the test makes it. */
class Mute implements WorkerLike {
  onmessage: WorkerLike['onmessage'] = null;
  onerror: WorkerLike['onerror'] = null;
  readonly asked: Question[] = [];
  isEnded = false;

  postMessage(message: unknown): void {
    this.asked.push(message as Question);
  }

  terminate(): void {
    this.isEnded = true;
  }

  say(data: unknown): void {
    this.onmessage?.({ data });
  }
}

describe('a session of the playground', () => {
  const workers: Mute[] = [];
  let session: WorkerSession;

  beforeEach(() => {
    vi.useFakeTimers();
    workers.length = 0;
    session = new WorkerSession({
      makeWorker: () => {
        const worker = new Mute();
        workers.push(worker);
        return worker;
      },
      timeLimitsMs: patience,
    });
  });
  afterEach(() => vi.useRealTimers());

  it('starts another worker if the first one does not open', async () => {
    const answer = session.ask('complete', { line: 'l' });
    await vi.advanceTimersByTimeAsync(15_000);
    expect(workers.map(({ isEnded }) => isEnded)).toEqual([true, false]);
    const [first, second] = workers as [Mute, Mute];
    expect(second.asked).toEqual(first.asked);
    second.say({ id: OPENING_ID, body: null });
    first.say({ id: second.asked[0]!.id, body: ['of a worker that has ended'] });
    second.say({ id: second.asked[0]!.id, body: ['ls'] });
    expect(await answer).toEqual(['ls']);
    await vi.advanceTimersByTimeAsync(PATIENCE_MS);
    expect(workers.length).toBe(2);
  });

  it('ends a worker that opens and does not answer', async () => {
    const answer = session.ask('complete', { line: 'l' }).catch((error: Error) => error);
    await vi.advanceTimersByTimeAsync(0);
    workers[0]!.say({ id: OPENING_ID, body: null });
    await vi.advanceTimersByTimeAsync(PATIENCE_MS);
    expect(await answer).toBeInstanceOf(WorkerLost);
    expect(workers.map(({ isEnded }) => isEnded)).toEqual([true]);
  });

  it('gives up after its time limit if no worker opens', async () => {
    const answer = session.ask('complete', { line: 'l' }).catch((error: Error) => error);
    await vi.advanceTimersByTimeAsync(2 * PATIENCE_MS);
    expect(await answer).toBeInstanceOf(WorkerLost);
    expect(workers.filter(({ isEnded }) => !isEnded)).toEqual([]);
  });
});
