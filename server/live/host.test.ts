/** Who may look at a mount, and what becomes of those who may not. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { decodeName } from '../../runtime/core/bytes.ts';
import type { Graph } from '../../runtime/core/graph.ts';
import { Loc } from '../../runtime/core/loc.ts';
import { ask, HeldLeaf, startGraph } from '../../test/support/core.ts';
import { type Invitation, LiveHost } from './host.ts';

const wanted = { filter: {}, filterText: null, dataMax: 32, redact: false };
let graph: Graph;
let host: LiveHost;
let invitation: Invitation;

beforeEach(async () => {
  const leaf = new HeldLeaf();
  leaf.onRequest = ({ answer }) => answer(0, 0, null, null);
  graph = await startGraph([{ translator: leaf.translator, name: 'storage' }]);
  host = new LiveHost(graph);
  const bytes = await host.invite();
  invitation = JSON.parse(decodeName(bytes, 0, bytes.length)) as Invitation;
});
afterEach(() => host.close());

/** Says something, and returns what is answered until the end. */
async function say(what: string): Promise<string> {
  const socket = connect(invitation.socket);
  socket.write(what);
  // One that has heard enough may be gone while more is said.
  socket.on('error', () => {});
  return text(socket).catch(() => 'gone');
}

it.each([
  ['no word', () => wanted, 'the word is not the one that was given'],
  ['another word', () => ({ ...wanted, word: 'a'.repeat(32) }), 'the word is not the one'],
  ['a word that is none', () => ({ ...wanted, word: { a: 1 } }), 'the word is not the one'],
  ['no request', () => 7, 'the word is not the one'],
  ['a wrong filter', asking({ volumes: ['strage'] }), "there is no volume 'strage' (did you mean"],
])('%s is refused in a word', async (_, what, why) => {
  const answer = JSON.parse(await say(`${JSON.stringify(what())}\n`)) as { error: string };
  expect(Object.keys(answer)).toEqual(['error']);
  expect(answer.error).toContain(why);
  expect(graph.xlators[0]!.observer).toBe(null);
});

function asking(filter: object): () => object {
  return () => ({ ...wanted, filter, word: invitation.word });
}

it('what is no JSON is refused, and what never ends too', async () => {
  expect(await say('hello\n')).toMatch(/^\{"error":".*JSON/);
  expect(await say('x'.repeat(2 ** 19))).toMatch(/^(gone)?$/);
  expect(await say(`${JSON.stringify({ ...wanted, word: null })}\n${'x'.repeat(99)}`)).toMatch(
    /^\{"error"/,
  );
});

it('observes as long as the one who asked is there', async () => {
  const socket = connect(invitation.socket);
  socket.write(`${JSON.stringify({ ...wanted, word: invitation.word })}\n`);
  const [head] = (await once(socket, 'data')) as [Buffer];
  expect(JSON.parse(head.toString())).toMatchObject({ head: { volumes: [{ name: 'storage' }] } });
  const [storage] = graph.xlators;
  expect(storage!.observer).not.toBe(null);
  ask(graph, 'stat', new Loc(graph.inodes.root), null);
  const [events] = (await once(socket, 'data')) as [Buffer];
  expect(events.length).toBeGreaterThan(20);
  socket.destroy();
  while (storage!.observer !== null) await new Promise(setImmediate);
});

it('who has not asked does not keep a server from ending', async () => {
  const socket = connect(invitation.socket);
  socket.on('error', () => {});
  await once(socket, 'connect');
  await host.close();
  host = new LiveHost(graph);
});
