/**
 * Represents an initiator: the part of a front end (a mount, a server, the programming interface) that begins requests
 * at the top of a graph. In logs and dumps it appears as a translator, whose `xl.priv` is the front end.
 *
 * Source: GlusterFS `call_pool_t`, `client_t`; `xlators/mount/fuse`, `api/src/glfs.c`.
 */

import { Client } from './client.ts';
import { newGfid } from './context.ts';
import { Dict } from './dict.ts';
import { CallPool } from './frame.ts';
import type { Log } from './log.ts';
import { GFID_REQ } from './xdata.ts';
import {
  type Child,
  defineTranslator,
  type EventListener,
  type GraphView,
  type Translator,
  Xlator,
} from './xlator.ts';

/** Makes the translator record of an initiator, which no volfile can name. `dump` is for statedumps. */
export const makeInitiatorTranslator = <P>(
  type: string,
  description: string,
  dump?: Translator<P>['dump'],
): Translator<P> =>
  defineTranslator<P, Record<string, never>>({
    type,
    description,
    children: [1, 1],
    options: {},
    fops: {},
    init() {
      throw new Error(`${type} is made by its front end, not by a volfile`);
    },
    ...(dump === undefined ? {} : { dump }),
  });

/** Facts about an initiator that storages may use to save work. */
export interface InitiatorHints {
  /**
   * Whether it ignores some attributes: storages may then omit a directory's attributes before and after a change, and
   * a file's attributes after a read or write.
   */
  readonly terse: boolean;
  /** The time for which it caches attributes itself. Attributes in replies may be as old. */
  readonly attributeAgeMs: number;
  /** Whether the pid of its requests is the id of a thread, which makes only one system call at a time. */
  readonly pidIsThread: boolean;
  /** Memory for the data of a read (`Frame.readBuffer`); the initiator no longer needs it after its callback. */
  readonly readBuffer: Uint8Array | null;
}

const DEFAULT_HINTS: InitiatorHints = {
  terse: false,
  attributeAgeMs: 0,
  pidIsThread: false,
  readBuffer: null,
};

/**
 * Begins the requests of a front end, by client:
 *
 *   const initiator = new Initiator(graph, 'server', translator, log);
 *   const client = initiator.connect();          // one per client
 *   const frame = client.begin(new Stack(uid, gid, pid, 'STAT'));
 *   wind.stat(frame, 0, statCbk, initiator.links, loc, null);
 *   …  client.end(frame.root)                    // once, in the callback
 *   client.disconnect();                         // releases files, lookups and locks
 *   initiator.close();
 */
export class Initiator<P = unknown> {
  readonly graph: GraphView;
  /** Represents it in the graph: owns the first frame of its requests, and appears in logs. */
  readonly xl: Xlator<P>;
  /** The requests in flight. */
  readonly calls = new CallPool();
  readonly clients = new Set<Client<P>>();
  readonly hints: InitiatorHints;
  /** Asked by `Graph.exchange`: returns the reason why it cannot continue on these volumes; null to accept them. */
  findObjection: (xlators: readonly Xlator[]) => string | null = () => null;
  /** Functions that end the subscriptions of `listen`. */
  private readonly unsubscribers: (() => void)[] = [];

  constructor(
    graph: GraphView,
    name: string,
    translator: Translator<P>,
    log: Log,
    hints: Partial<InitiatorHints> = {},
  ) {
    this.graph = graph;
    this.hints = { ...DEFAULT_HINTS, ...hints };
    this.xl = new Xlator(graph.makeId(), name, translator, [], log, graph.top.context);
    graph.initiators.add(this);
  }

  /** The links by which it winds to the top of the graph. */
  get links(): Child {
    return this.graph.links;
  }

  /** Adds a client. @param uid GlusterFS's client_uid; by default a new one */
  connect(uid: string = this.makeUid()): Client<P> {
    const client = new Client(this, uid);
    this.clients.add(client);
    return client;
  }

  /** Makes xdata for a fop that creates an inode, with a fresh gfid. */
  makeGfidRequest(): Dict {
    return new Dict().setGfid(GFID_REQ, newGfid(this.xl.context));
  }

  /** Subscribes to the events that leave the top of the graph, until `close`. */
  listen(listener: EventListener): void {
    this.unsubscribers.push(this.graph.listen(listener));
  }

  /** Disconnects all clients and leaves the graph. */
  close(): void {
    for (const unsubscribe of this.unsubscribers.splice(0)) unsubscribe();
    for (const client of [...this.clients]) client.disconnect();
    this.graph.initiators.delete(this);
  }

  /** Makes a client's uid in GlusterFS's form, without the names of process and host. */
  private makeUid(): string {
    const { context, log, name } = this.xl;
    return `CTX_ID:${newGfid(context)}-GRAPH_ID:${log.graphId}-PC_NAME:${name}-RECON_NO:-0`;
  }
}
