/**
 * The bridge contract for clients: a module knows a request's client, stores notes with it, and is
 * notified of its disconnect. The notes last until the client's last request ends.
 */
import { expect, it } from 'vitest';
import type { Client } from '../../../runtime/core/client.ts';
import { Stack } from '../../../runtime/core/frame.ts';
import { wind } from '../../../runtime/core/gen/fops.gen.ts';
import { Initiator, makeInitiatorTranslator } from '../../../runtime/core/initiator.ts';
import {
  hostedLanguage,
  type Language,
  type RunningModule,
  startModule,
} from '../../support/module.ts';
import { makeSized, takeTexts } from './requests.ts';

/** Remains of clients are counted, so that any number shows a leak. */
const MANY = 1_000;

const front = makeInitiatorTranslator('test/front', 'Begins what a test wants.');

/** Sends a request in a client's name. It waits below until the test answers. */
function stat(run: RunningModule, client: Client): void {
  const frame = client.begin(new Stack(0, 0, 1, 'STAT'));
  const cbk = (): void => void client.end(frame.root);
  wind.stat(frame, 0, cbk, run.graph.links, run.knownLoc('a'), null);
}

function knows(run: RunningModule): string {
  run.ask('access', run.knownLoc('a'), 0, null);
  return takeTexts(run).at(-1)!;
}

export function clientContract(folder: string, language: Language = hostedLanguage): void {
  const start = async () => {
    const run = await startModule(folder, { name: 'clients', language });
    run.takeLines();
    return { run, initiator: new Initiator(run.graph, 'front', front, run.xl.log) };
  };
  const answer = (run: RunningModule): void => {
    for (const held of run.takeRequests()) held.answer(0, 0, makeSized(1), null);
  };

  it('clients: notes of a client last until its last request ends', async () => {
    const { run, initiator } = await start();
    const [one, two] = [initiator.connect('one'), initiator.connect('two')];
    for (const client of [one, two, one]) stat(run, client);
    run.ask('stat', run.knownLoc('a'), null);
    expect(takeTexts(run)).toEqual(['one 1', 'two 1', 'one 2', 'no client']);
    one.disconnect();
    one.disconnect();
    expect(takeTexts(run)).toEqual(['gone one 2']);
    const [first, ...others] = run.takeRequests();
    for (const held of others) held.answer(0, 0, makeSized(1), null);
    expect(knows(run)).toBe('knows 2');
    first!.answer(0, 0, makeSized(1), null);
    expect(knows(run)).toBe('knows 1');
    stat(run, two);
    answer(run);
    expect(takeTexts(run)).toEqual(['two 2']);
    two.disconnect();
    expect(takeTexts(run)).toEqual(['gone two 2']);
    expect(knows(run)).toBe('knows 0');
    run.expectSettled();
  });

  it('clients: the disconnect of a client without requests is reported', async () => {
    const { run, initiator } = await start();
    initiator.connect('silent').disconnect();
    expect(takeTexts(run)).toEqual(['gone silent 0']);
    run.expectSettled();
  });

  it('clients: a thousand connects and disconnects leave nothing behind', async () => {
    const { run, initiator } = await start();
    let calls = 0;
    for (let i = 0; i < MANY; i++) {
      const client = initiator.connect(`c${i}`);
      stat(run, client);
      if (i % 2 === 0) answer(run);
      client.disconnect();
      answer(run);
      calls += run.context.lines.splice(0).length;
    }
    // One line for the request, and one for the disconnect.
    expect(calls).toBe(2 * MANY);
    expect(knows(run)).toBe('knows 0');
    expect([initiator.clients.size, initiator.calls.size]).toEqual([0, 0]);
    if (language.countClients !== undefined) expect(language.countClients(run)).toBe(0);
    run.expectSettled();
  });
}
