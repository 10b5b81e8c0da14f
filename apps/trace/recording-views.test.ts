/** Views of walks: steps, differences, a sequence diagram, a trace for Perfetto. */
import { describe, expect, it } from 'vitest';
import { ENOENT } from '../../runtime/core/errno.ts';
import { tail, unwind, wind } from '../../runtime/core/gen/fops.gen.ts';
import type { Graph } from '../../runtime/core/graph.ts';
import { defineTranslator } from '../../runtime/core/xlator.ts';
import type { MemoryRecording } from '../../runtime/observe/memory-recording.ts';
import { readOutline } from '../../runtime/observe/outline.ts';
import { openRecording } from '../../runtime/observe/reader.ts';
import { type Walk, Walks } from '../../runtime/observe/walk.ts';
import { readFlags } from '../../terminal/flags.ts';
import {
  lookUp,
  makeDirectory,
  makeModuleHead,
  startModuleGraph,
} from '../../test/browser/module-recording.ts';
import {
  ask,
  FakeContext,
  HeldLeaf,
  type HeldRequest,
  makeAttributes,
  makeGfid,
  makeLoc,
  startGraph,
} from '../../test/support/core.ts';
import {
  makeNotingTranslator,
  makeTestHead,
  readEvents,
  record,
} from '../../test/support/test-recordings.ts';
import { describeChange } from './differences.ts';
import { generatePerfettoTrace } from './perfetto.ts';
import { chooseView, viewFlags } from './recording-views.ts';
import { listSteps } from './steps.ts';

async function walksOf(recording: MemoryRecording): Promise<readonly Walk[]> {
  const walks = new Walks();
  for (const event of await readEvents(recording.toBytes())) walks.add(event);
  return walks.walks;
}

async function ofScript(ask: (graph: Graph) => void) {
  const graph = await startModuleGraph();
  const recording = record(graph);
  ask(graph);
  return { walks: await walksOf(recording), head: makeModuleHead(graph) };
}

it('the steps of a recorded request are listed in the order of cause and effect', async () => {
  const { walks } = await ofScript((graph) => lookUp(graph, 'a'));
  const steps = listSteps(walks[0]!).map(({ kind, hop }) => `${kind} ${hop.wind.volume}`);
  expect(steps).toEqual([
    'wind script',
    'note script',
    'note script',
    'wind storage',
    'unwind storage',
    'unwind script',
  ]);
});

const noting = makeNotingTranslator('lookup', 'lookup_cbk');

it('steps of a request with equal times are listed in the order of the recording', async () => {
  const leaf = new HeldLeaf();
  leaf.onRequest = (request) => request.answer(-1, ENOENT, null, null, null, null);
  const graph = await startGraph(
    [
      { translator: leaf.translator, name: 'storage' },
      { translator: noting, name: 'noting' },
    ],
    new FakeContext(),
  );
  const recording = record(graph);
  lookUp(graph, 'a');
  const outline = await readOutline(openRecording(recording.toBytes()));
  for (const walk of [outline.walk(0), (await walksOf(recording))[0]!]) {
    const steps = listSteps(walk);
    expect(new Set(steps.map(({ atNs }) => atNs)).size).toBe(1);
    expect(
      steps.map(({ kind, hop, notes }) => `${notes?.method ?? kind} ${hop.wind.volume}`),
    ).toEqual([
      'wind noting',
      'lookup noting',
      'wind storage',
      'unwind storage',
      'lookup_cbk noting',
      'unwind noting',
    ]);
  }
});

it('describeChange lists what a volume changed in a request or reply that passed it', async () => {
  const { walks } = await ofScript((graph) => {
    lookUp(graph, 'a');
    makeDirectory(graph, 'b');
  });
  const changes = walks.flatMap((walk) => listSteps(walk).map(describeChange));
  const inShort = changes.map(({ before, after, rows }) => {
    const differ = rows.filter((row) => row.before !== row.after);
    if (before === null) return `${after}: ${rows.map(({ name }) => name).join(' ')}`;
    return [
      `${before}, ${after}:`,
      ...differ.map((it) => `${it.name} ${it.before} ${it.after}`),
    ].join(' ');
  });
  expect(inShort).toEqual([
    'given to script: loc.gfid loc.pargfid loc.name loc.path xdata',
    'noted of script: method line local',
    "before, now: local None {'seen': 1}",
    'given to script, wound to storage:',
    expect.stringMatching(/^given by storage: op_ret inode buf\.ia_gfid .* xdata postparent$/),
    'came from storage, given by script: buf.ia_size 42 420',
    'given to script: loc.gfid loc.pargfid loc.name loc.path mode umask xdata',
    'given to script, wound to storage: mode 0755 0700',
    'given by storage: op_ret op_errno inode buf preparent postparent xdata',
    'came from storage, given by script:',
  ]);
});

/** A translator that winds twice at once, and unwinds after both replies. */
const both = defineTranslator<null, Record<string, never>>({
  type: 'test/both',
  description: 'Asks twice.',
  children: [1, 1],
  options: {},
  fops: {
    lookup: (frame, xl, loc, xdata) => tail.lookup(frame, xl.children[0]!, loc, xdata),
    stat: (frame, xl, loc, xdata) => {
      let left = 2;
      for (const cookie of [1, 2]) {
        wind.stat(
          frame,
          cookie,
          (up, _cookie, _xl, opRet, opErrno, buf, dict) => {
            left -= 1;
            if (left === 0) unwind.stat(up, opRet, opErrno, buf, dict);
          },
          xl.children[0]!,
          loc,
          xdata,
        );
      }
    },
  },
  init: () => null,
});

interface TraceEvent {
  readonly ph: string;
  readonly tid: number;
  readonly ts: number;
  readonly dur: number;
  readonly name: string;
  readonly id?: number;
  readonly args?: Readonly<Record<string, unknown>>;
}

describe('a trace for Perfetto', async () => {
  const leaf = new HeldLeaf();
  const context = new FakeContext();
  const graph = await startGraph(
    [
      { translator: leaf.translator, name: 'storage' },
      { translator: both, name: 'both' },
    ],
    context,
  );
  const recording = record(graph);
  const stat = () => {
    ask(graph, 'stat', makeLoc(graph.inodes.root, 'a'), null);
    context.advance(1);
  };
  stat();
  stat();
  stat();
  const answer = (held: HeldRequest) => {
    held.answer(0, 0, makeAttributes(makeGfid(3)), null);
    context.advance(1);
  };
  // Replies out of order; the last request gets none.
  for (const i of [2, 0, 3, 1, 4]) answer(leaf.requests[i]!);
  const text = [...generatePerfettoTrace(await walksOf(recording), [], makeTestHead(graph))].join(
    '',
  );
  const { traceEvents, displayTimeUnit } = JSON.parse(text) as {
    traceEvents: TraceEvent[];
    displayTimeUnit: string;
  };
  const complete = traceEvents.filter(({ ph }) => ph === 'X');

  it('has an event in microseconds for each arrival at a volume', () => {
    expect(displayTimeUnit).toBe('ns');
    expect(complete).toHaveLength(9);
    expect(complete[0]).toMatchObject({
      ts: 0,
      dur: 6000,
      name: 'both: stat /a',
      args: {
        request: expect.any(Number),
        pid: 1,
        uid: 0,
        answer: '0',
        given: { loc: '/a', xdata: 'null' },
      },
    });
    expect(complete.at(-1)!.args).toMatchObject({ answer: 'none yet' });
  });

  it('nests the events of one thread', () => {
    for (const a of complete) {
      for (const b of complete.filter(({ tid }) => tid === a.tid)) {
        const apart = a.ts + a.dur <= b.ts || b.ts + b.dur <= a.ts;
        const inside = b.ts >= a.ts && b.ts + b.dur <= a.ts + a.dur;
        const around = a.ts >= b.ts && a.ts + a.dur <= b.ts + b.dur;
        expect(apart || inside || around).toBe(true);
      }
    }
  });

  it('has an arrow where a request changes threads, and a name for each thread', () => {
    const begun = traceEvents.filter(({ ph }) => ph === 's');
    const ended = traceEvents.filter(({ ph }) => ph === 'f');
    expect(begun.length).toBeGreaterThan(0);
    expect(ended.map(({ id }) => id)).toEqual(begun.map(({ id }) => id));
    const named = traceEvents.filter(({ name }) => name === 'thread_name').map(({ tid }) => tid);
    expect(new Set(named)).toEqual(new Set([0, ...complete.map(({ tid }) => tid)]));
  });
});

describe('views of glossa trace', () => {
  const view = (...args: string[]) => chooseView(readFlags(viewFlags, args).flags);

  it.each([
    [[], { kind: 'tree', file: undefined, requests: null }],
    [['-c'], { kind: 'summary' }],
    [
      ['--summary', '--request', '3', '--request=4'],
      { kind: 'summary', requests: new Set([3, 4]) },
    ],
    [['--html', 'a'], { kind: 'html', file: 'a' }],
    [['--perfetto', 'b', '--request', '1'], { kind: 'perfetto', file: 'b' }],
  ])('are selected by the flags %j', (args, expected) => {
    expect(view(...args)).toMatchObject(expected);
  });

  it.each([
    [['-c', '--html', 'a'], 'use either --summary or --html, not both'],
    [['--html', 'a', '--perfetto', 'b'], 'use either --html or --perfetto, not both'],
    [['--request', 'x'], "--request takes the number of a request, not 'x'"],
    [['--html', 'a', '--request', '1'], '--html has all requests'],
  ])('are refused for the flags %j', (args, message) => {
    expect(() => view(...args)).toThrow(message);
  });
});
