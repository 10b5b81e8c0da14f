/** A brick whose patience with slow clients the test ends, and raw connections to it. */
import { expect } from 'vitest';
import { BrowserContext } from '../../bridges/machine/browser/context.ts';
import server from '../../gluster/protocol/server/index.ts';
import { dumpXlator } from '../../runtime/core/dumps.ts';
import type { Graph } from '../../runtime/core/graph.ts';
import { INFO } from '../../runtime/core/log.ts';
import type { SourceRegistry } from '../../runtime/core/pump-source.ts';
import type { Dump } from '../../runtime/core/xlator.ts';
import { pump } from '../../runtime/pump/pump.ts';
import { collectGarbage } from '../../runtime/sys/scheduled-collection.ts';
import { makeGraph } from '../../runtime/volfile/make-graph.ts';
import { Registry } from '../../runtime/volfile/registry.ts';
import { Source } from '../../runtime/volfile/source.ts';
import { readVolfile } from '../../runtime/volfile/volfile.ts';
import { PROGRESS_TIMEOUT_MS } from '../../runtime/wire/record-memory.ts';
import memory from '../../runtime/xlators/storage/memory/index.ts';
import { RawPeer } from './raw-rpc.ts';
import { selectVariants } from './test-selection.ts';

const registry = new Registry([memory, server] as never);

const SOCKETS: readonly (readonly [string, SourceRegistry | undefined])[] = [
  ['the pump', pump],
  ["Node's event loop", undefined],
];
/** Servers of the brick's sockets, with their names. */
export const selectedSockets = selectVariants(SOCKETS, ([name]) => name === 'the pump');

/** Bytes of buffers in use. V8 sweeps those of collected buffers in a thread: what is too much may be garbage yet. */
export function bufferBytes(): number {
  collectGarbage();
  return process.memoryUsage().arrayBuffers;
}

export class PatientBrick {
  readonly logLines: string[] = [];
  readonly peers: RawPeer[] = [];
  port = 0;
  private graph!: Graph;
  /** The timers that end the server's patience. */
  private readonly ends = new Set<() => void>();

  /** @param option of protocol/server: its name and value */
  static async start(option: string, sources: SourceRegistry | undefined): Promise<PatientBrick> {
    const brick = new PatientBrick();
    const { ends, logLines } = brick;
    const volfile = `volume brick
  type storage/memory
end-volume
volume server
  type protocol/server
  option auth.addr.brick.allow 127.0.0.1
  option ${option}
  subvolumes brick
end-volume
`;
    const { description } = readVolfile(new Source('test.vol', volfile), { registry });
    const context = new BrowserContext((line) => void logLines.push(line));
    const { after } = context;
    Object.assign(context, {
      sourcePump: sources,
      wake: () => pump.wake(),
      after(ms: number, fn: () => void) {
        if (ms !== PROGRESS_TIMEOUT_MS) return after.call(context, ms, fn);
        ends.add(fn);
        return () => ends.delete(fn);
      },
    });
    brick.graph = makeGraph(description, registry, context, { default: INFO, volumes: new Map() });
    await brick.graph.start();
    await brick.graph.awaitUp(30_000);
    brick.port = Number(String(brick.dump()['listens-at']).split(':')[1]);
    return brick;
  }

  async end(): Promise<void> {
    for (const peer of this.peers) peer.close();
    await this.graph.stop();
  }

  dump(): Dump {
    return dumpXlator(this.graph.top);
  }

  /** Fires the server's patience timers once. */
  endPatience(): void {
    for (const end of [...this.ends]) {
      this.ends.delete(end);
      end();
    }
  }

  /** Connects a client that has not said who it is. */
  async connect(): Promise<RawPeer> {
    const peer = await RawPeer.connect(this.port);
    this.peers.push(peer);
    return peer;
  }

  async come(): Promise<RawPeer> {
    const peer = await this.connect();
    expect(await peer.setVolume()).toMatchObject({ opRet: 0 });
    return peer;
  }
}
