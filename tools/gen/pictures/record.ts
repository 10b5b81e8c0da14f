/**
 * What a few lines of the playground's shell do in a graph, as it was recorded. Time is virtual and
 * chance counts, so that it is the same whenever it is done.
 */

import { inRealTime, PlayContext } from '../../../apps/playground/play/context.ts';
import { Running } from '../../../apps/playground/play/running.ts';
import { browserRegistry } from '../../../bridges/browser.ts';
import { sourcesOf } from '../../../bridges/machine/browser/sources.ts';
import { nodeMachine } from '../../../bridges/machine/node/index.ts';
import { Clock } from '../../../runtime/core/clock.ts';
import { INFO } from '../../../runtime/core/log.ts';
import { openRecording } from '../../../runtime/observe/reader.ts';
import { type Walk, Walks } from '../../../runtime/observe/walk.ts';
import { activate } from '../../../runtime/volfile/activate.ts';
import { Source } from '../../../runtime/volfile/source.ts';
import { inspectVolfile } from '../../../runtime/volfile/volfile.ts';

/** How far away the storage is: what the playground begins with. */
const DISTANCE_MS = 1.4;
const UP_TIMEOUT_MS = 120_000;

export interface Scene {
  readonly volfile: string;
  /** Modules, by the names of their files. */
  readonly modules: Readonly<Record<string, string>>;
  /** Lines of the shell that make what the storage has: no translator sees them. */
  readonly before?: readonly string[];
  /** Lines of the shell, in this order. */
  readonly lines: readonly string[];
}

/** Gfids are numbered in the order in which they are made. */
class CountingContext extends PlayContext {
  private last = 0;

  override random(out: Uint8Array): void {
    this.last += 1;
    out.fill(0);
    new DataView(out.buffer, out.byteOffset).setUint32(out.length - 4, this.last);
  }
}

/** The requests of each line. @throws {Error} when the graph does not start, or complains */
export async function record({ volfile, modules, before, lines }: Scene): Promise<Walk[][]> {
  const texts = Object.fromEntries(
    Object.entries(modules).map(([name, text]) => [`/${name}`, text]),
  );
  const registry = browserRegistry({ ...nodeMachine, sources: sourcesOf(texts) });
  const { description, problems } = inspectVolfile(new Source('/graph.vol', volfile), { registry });
  if (description === undefined) throw new Error(problems.map(({ message }) => message).join('\n'));
  const clock = new Clock();
  const warn = (text: string): never => {
    throw new Error(text);
  };
  const context = new CountingContext(clock, () => {}, warn);
  const graph = activate(description, registry, context, { default: INFO, volumes: new Map() });
  const running = new Running(graph, clock, [], DISTANCE_MS);
  try {
    await inRealTime(clock, graph.start());
    await inRealTime(clock, graph.whenUp(UP_TIMEOUT_MS));
    if (before !== undefined) await running.makeAgain(before);
    const seen: Walk[][] = [];
    for (const line of lines) seen.push(await walksOf((await running.run(line, 'root')).recording));
    return seen;
  } finally {
    await running.stop();
  }
}

async function walksOf(recording: Uint8Array): Promise<Walk[]> {
  const walks = new Walks();
  for await (const event of openRecording(recording).events()) walks.add(event);
  return walks.walks;
}
