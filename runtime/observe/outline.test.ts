/** The outline of a recording agrees with its events. */
import { expect, it } from 'vitest';
import {
  ask,
  FakeContext,
  HeldLeaf,
  makeAttributes,
  makeGfid,
  makeLoc,
  startGraph,
} from '../../test/support/core.ts';
import { makeNotingTranslator, record } from '../../test/support/test-recordings.ts';
import { ENOENT } from '../core/errno.ts';
import { readOutline } from './outline.ts';
import { openRecording } from './reader.ts';
import { Walks } from './walk.ts';

const noting = makeNotingTranslator('lookup_fop');

async function recorded() {
  const leaf = new HeldLeaf();
  const context = new FakeContext();
  const graph = await startGraph(
    [
      { translator: leaf.translator, name: 'storage' },
      { translator: noting, name: 'noting' },
    ],
    context,
  );
  leaf.onRequest = (request) => {
    context.advance(1);
    if (request.name === 'lookup') request.answer(-1, ENOENT, null, null, null, null);
    else if (request.name === 'stat') request.answer(0, 0, makeAttributes(makeGfid(3)), null);
  };
  const recording = record(graph);
  const loc = () => makeLoc(graph.inodes.root, 'a');
  ask(graph, 'lookup', loc(), null);
  ask(graph, 'stat', loc(), null);
  graph.xlators[0]!.log.error('a line');
  // The storage does not reply to this one.
  ask(graph, 'getxattr', loc(), null, null);
  return recording.toBytes();
}

it('an outline of a recording has the same requests and hops as the recording', async () => {
  const recording = openRecording(await recorded());
  const walks = new Walks();
  for await (const event of recording.events()) walks.add(event);
  const outline = await readOutline(recording);
  const { hops, requests } = outline;
  expect(outline.problems).toEqual([]);
  expect(walks.walks[0]!.root.notes).toHaveLength(1);
  expect([...requests].map((_, i) => outline.walk(i))).toEqual(walks.walks);
  expect([...requests].map((hop) => outline.wind(hop).fop)).toEqual(['lookup', 'stat', 'getxattr']);
  expect([...requests].map((hop) => hops.errno[hop])).toEqual([ENOENT, 0, 0]);
  expect([...requests].map((hop) => hops.end[hop]! - hops.start[hop]!)).toEqual([
    1e6,
    1e6,
    Number.NaN,
  ]);
  expect([...hops.parent.subarray(0, hops.length)]).toEqual([-1, 0, -1, -1]);
  expect(outline.volume(hops.volume[1]!)).toBe('storage');
  expect(outline.others).toMatchObject([{ kind: 'log', text: 'a line' }]);
});

it('an outline of a recording that is cut off has all complete events, and reports the damage', async () => {
  const bytes = await recorded();
  const recording = openRecording(bytes.subarray(0, -1));
  const outline = await readOutline(recording);
  expect(outline.requests).toHaveLength(2);
  expect(outline.problems).toEqual([
    `slot 1 is damaged: it ends within an event; ${recording.count - 1} of its ${recording.count} events were read`,
  ]);
});
