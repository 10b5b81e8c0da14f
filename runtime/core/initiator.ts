/**
 * An initiator: where requests into a graph begin. A front end (a mount, a server, the programming
 * interface) is a codec and a loop on top of one:
 *
 *   const initiator = new Initiator(graph, 'server', translator, log);
 *   const client = initiator.connect();          // for each that it serves
 *   const frame = client.begin(new Stack(uid, gid, pid, 'STAT'));
 *   wind.stat(frame, 0, statCbk, initiator.links, loc, null);
 *   …  client.end(frame.root)                    // in the callback, once
 *   client.disconnect();                         // what it had is released
 *   initiator.close();
 *
 * It keeps the pool of calls in flight, its clients with what is theirs (`client.ts`), and decides
 * what a request of its own asks for: a gfid, with whatever makes an inode. In the graph it appears
 * as one more translator, of which `xl.priv` is the front end.
 *
 * Source: GlusterFS `call_pool_t`, `client_t`; `xlators/mount/fuse`, `api/src/glfs.c`.
 */
import { CallPool } from './call-pool.ts';
import { Client } from './client.ts';
import { newGfid } from './context.ts';
import { Dict } from './dict.ts';
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

/** The record of an initiator, which no volfile names. `dump` is for statedumps. */
export const initiatorTranslator = <P>(
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

/** Hints of an initiator that storages may use. */
export interface InitiatorHints {
  /**
   * It needs no attributes but those that it asks for: storages may leave out a directory's before
   * and after a change, and a file's with a read or write.
   */
  readonly terse: boolean;
  /** Milliseconds that attributes may be old: it keeps them as long itself. */
  readonly attributeAge: number;
  /** The pid of its requests is a thread's, which is in one call of its program at a time. */
  readonly pidIsThread: boolean;
  /** Memory for the data of a read of its own, which it looks at in the callback only. */
  readonly readBuffer: Uint8Array | null;
}

const NO_HINTS: InitiatorHints = {
  terse: false,
  attributeAge: 0,
  pidIsThread: false,
  readBuffer: null,
};

export class Initiator<P = unknown> {
  readonly graph: GraphView;
  /** Stands for it in the graph: the frames of its requests begin there, and logs show it. */
  readonly xl: Xlator<P>;
  readonly calls = new CallPool();
  readonly clients = new Set<Client<P>>();
  readonly hints: InitiatorHints;
  /** Why it could not go on with these volumes in the graph (`Graph.exchange`); null when it can. */
  refusal: (xlators: readonly Xlator[]) => string | null = () => null;
  private readonly stopListening: (() => void)[] = [];

  constructor(
    graph: GraphView,
    name: string,
    translator: Translator<P>,
    log: Log,
    hints: Partial<InitiatorHints> = {},
  ) {
    this.graph = graph;
    this.hints = { ...NO_HINTS, ...hints };
    this.xl = new Xlator(graph.newId(), name, translator, [], log, graph.top.context);
    graph.initiators.add(this);
  }

  /** The top of the graph, to wind to. */
  get links(): Child {
    return this.graph.links;
  }

  /** A client more. Without a `uid` it is one of this process, and gets its own. */
  connect(uid: string = this.newUid()): Client<P> {
    const client = new Client(this, uid);
    this.clients.add(client);
    return client;
  }

  /** New xdata for what makes an inode: it asks for a gfid that nobody has. */
  gfidRequest(): Dict {
    return new Dict().setGfid(GFID_REQ, newGfid(this.xl.context));
  }

  /** Hears the events that leave the top of the graph, until `close`. */
  listen(listener: EventListener): void {
    this.stopListening.push(this.graph.listen(listener));
  }

  /** Nothing will be begun here any more. The clients go. */
  close(): void {
    for (const stop of this.stopListening.splice(0)) stop();
    for (const client of [...this.clients]) client.disconnect();
    this.graph.initiators.delete(this);
  }

  /** As GlusterFS makes it, without the names of process and host, which are not known here. */
  private newUid(): string {
    const { context, log, name } = this.xl;
    return `CTX_ID:${newGfid(context)}-GRAPH_ID:${log.graphId}-PC_NAME:${name}-RECON_NO:-0`;
  }
}
