/**
 * Serves a module's file library (`glossa.aio`) over one volume below, with the messages of `runtime/api/protocol/` but
 * without a socket.
 */
import type { Caller } from '../../../runtime/api/driver-steps.ts';
import { FopError } from '../../../runtime/api/fop-error.ts';
import { ApiConnection, type ApiHost } from '../../../runtime/api/protocol/api-connection.ts';
import { ApiVolume } from '../../../runtime/api/protocol/request-context.ts';
import { EOPNOTSUPP } from '../../../runtime/core/errno.ts';
import type { Graph } from '../../../runtime/core/graph.ts';
import { messages } from '../../../runtime/core/messages.ts';
import type { Xlator } from '../../../runtime/core/xlator.ts';
import type { ConnectionTransport } from '../../../runtime/wire/connection.ts';
import { MODULE_PID } from './hosted-request.ts';

/** The identity of requests for which the module sets none. */
const DEFAULT_CALLER: Caller = { uid: 0, gid: 0, groups: [], pid: MODULE_PID };

/** Refuses an operation that only a connection from outside may request. */
const refuse = (operation: string): never => {
  throw new FopError(EOPNOTSUPP, `${operation} inside a translator`);
};

/** The connection to one child. */
export class ChildConnection implements ConnectionTransport, ApiHost {
  /** Always 0: the guest takes the replies from memory. */
  readonly queuedBytes = 0;
  readonly greetingFacts = {};
  readonly connection: ApiConnection;
  /** True if there are replies of which the guest has not been notified. */
  mustNotifyGuest = false;
  isDestroyed = false;
  private readonly xl: Xlator<unknown>;
  private readonly childIndex: number;
  private readonly onReply: () => void;

  constructor(xl: Xlator<unknown>, childIndex: number, onReply: () => void) {
    this.xl = xl;
    this.childIndex = childIndex;
    this.onReply = onReply;
    this.connection = new ApiConnection(this, DEFAULT_CALLER, this);
  }

  /** Serves messages; their replies are kept until `takeReplies`. */
  serve(received: readonly Uint8Array[]): void {
    const { connection } = this;
    // At the volume's `init` the children are not connected yet, so the first message begins it.
    if (!connection.hasBegun) connection.begin();
    for (const bytes of received) {
      connection.records.append(bytes, () => {
        connection.serveMessages();
        return true;
      });
    }
  }

  /** Returns the replies written so far, and removes them. */
  takeReplies(): Uint8Array {
    const { out } = this.connection;
    const bytes = out.writtenBytes.slice();
    out.position = 0;
    this.connection.noteAllSent();
    return bytes;
  }

  // -- ConnectionTransport -----------------------------------------------------------------------

  /** Called when a reply was written. */
  send(): void {
    if (this.mustNotifyGuest) return;
    this.mustNotifyGuest = true;
    this.onReply();
  }

  // Nothing is sent over a network, so there is no flow to control and nothing to end.
  updateFlow(): void {}

  end(): void {}

  /** Called after a malformed message, which the library never sends. */
  destroy(): void {
    this.isDestroyed = true;
  }

  // -- ApiHost -----------------------------------------------------------------------------------

  openVolume(): ApiVolume {
    // Outside of a graph there are no requests.
    const graph = this.xl.graph as Graph;
    return new ApiVolume(graph, (text) => this.log(text), {
      links: this.xl.children[this.childIndex]!,
    });
  }

  async reload(): Promise<void> {
    refuse('reload');
  }

  async findVolumeId(): Promise<Uint8Array> {
    return refuse('volume_id');
  }

  setLog(): void {
    refuse('set_log');
  }

  log(text: string): void {
    this.xl.log.warning(text, { msgid: messages.apiConnectionFault.id });
  }

  logRefusal(text: string): void {
    this.log(text);
  }
}
