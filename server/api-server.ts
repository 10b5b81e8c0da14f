/**
 * Serves the volume at the top of a graph to programs in other languages: over a unix socket that
 * it listens at, or over a connected one that it has inherited. Called by `glossa api`; the
 * protocol is in docs/reference/api-protocol.md.
 */
import { chmodSync, rmSync } from 'node:fs';
import { openListeningSocket } from '../gluster/protocol/server/node-listener.ts';
import { ListeningSocket, LoopConnection } from '../gluster/protocol/shared/loop-socket.ts';
import type { Caller } from '../runtime/api/driver-steps.ts';
import { FopError } from '../runtime/api/fop-error.ts';
import { ApiConnection, type ApiHost } from '../runtime/api/protocol/api-connection.ts';
import { ApiVolume } from '../runtime/api/protocol/request-context.ts';
import { EACCES, EINVAL, ENODATA } from '../runtime/core/errno.ts';
import { gfidToBytes } from '../runtime/core/gfid.ts';
import type { Graph } from '../runtime/core/graph.ts';
import { type LogLevel, logLevelNames } from '../runtime/core/log.ts';
import { messages } from '../runtime/core/messages.ts';
import { pump } from '../runtime/pump/pump.ts';
import { scheduleCollection } from '../runtime/sys/scheduled-collection.ts';
import { type Peer, readPeer } from '../runtime/sys/socket.ts';
import { RecordMemory } from '../runtime/wire/record-memory.ts';
import { REPLY_MEMORY_BYTES, ReplyMemory } from '../runtime/wire/reply-memory.ts';
import { EXIT_OK, Failure, formatReason } from '../terminal/exit.ts';
import { readPackageVersion } from '../terminal/package-version.ts';
import { type ListeningServer, serveListening } from './listening-server.ts';
import type { Reloader } from './reloader.ts';
import {
  type GraphServer,
  runServer,
  type ServerContext,
  type ServerSettings,
  type Starter,
} from './server-lifecycle.ts';

/** The settings of a server of the programming interface. */
export interface ApiServerSettings extends ServerSettings {
  /** The absolute path of the socket to listen at, or the descriptor of a connected one. */
  readonly socket: string | number;
}

/** Serves until the shutdown is requested; resolves to the exit status. @throws {Failure} */
export function serveApi(
  settings: ApiServerSettings,
  terminal: Parameters<typeof runServer>[2],
  starter: Starter,
): Promise<number> {
  const graphServer: GraphServer = {
    async checkBeforeStart() {},
    async refuseVolfile() {},
    async serve(graph, serverContext) {
      const server = new ApiServer(graph, settings.socket, serverContext);
      await serveListening(server, graphServer, graph, settings, serverContext);
      return EXIT_OK;
    },
    wake: () => pump.wake(),
  };
  return runServer(graphServer, settings, terminal, starter);
}

/** Makes the identity of a client that names none: the server's own, with the client's pid. */
const makeCaller = (pid: number): Caller => ({
  uid: process.geteuid!(),
  gid: process.getegid!(),
  groups: process.getgroups!(),
  pid,
});

/** The server's volumes, and its socket or connection. */
class ApiServer implements ListeningServer, ApiHost {
  readonly serverKind = 'api';
  /** The facts that a client gets when it connects. */
  readonly greetingFacts: Readonly<Record<string, unknown>>;
  readonly recordMemory: RecordMemory;
  readonly replyMemory: ReplyMemory;
  private readonly graph: Graph;
  private readonly socket: string | number;
  private readonly serverContext: ServerContext;
  private readonly volumes = new Set<ApiVolume>();
  private reloader: Reloader | null = null;
  private listeningSocket: ListeningSocket | null = null;
  private connection: LoopConnection | null = null;

  constructor(graph: Graph, socket: string | number, serverContext: ServerContext) {
    this.graph = graph;
    this.socket = socket;
    this.serverContext = serverContext;
    const memorySettings = {
      readLimitBytes: () => REPLY_MEMORY_BYTES,
      after: (ms: number, fn: () => void) => this.graph.top.context.after(ms, fn),
    };
    this.recordMemory = new RecordMemory(memorySettings);
    this.replyMemory = new ReplyMemory({ ...memorySettings, onFreed: scheduleCollection });
    this.greetingFacts = {
      version: readPackageVersion(),
      volume: graph.top.name,
      uid: process.geteuid!(),
      gid: process.getegid!(),
    };
  }

  describeListeners() {
    const { socket, graph } = this;
    return typeof socket === 'number' ? [] : [{ address: socket, bricks: [graph.top.name] }];
  }

  async begin(reloader: Reloader): Promise<void> {
    this.reloader = reloader;
    const { socket, serverContext } = this;
    if (typeof socket === 'number') {
      this.connection = this.accept(socket, () =>
        serverContext.shutdown.request('its client has left'),
      );
      return;
    }
    let fd: number;
    try {
      fd = await openListeningSocket({ path: socket });
      chmodSync(socket, 0o600);
    } catch (error) {
      throw new Failure(`cannot listen at ${socket}: ${formatReason(error)}`);
    }
    this.listeningSocket = new ListeningSocket(
      fd,
      {
        accept: (accepted, onEnd) => this.accept(accepted.fd, onEnd),
        log: (text) => this.log(text),
        after: (ms, fn) => this.graph.top.context.after(ms, fn),
      },
      pump,
    );
    serverContext.log.info(`listens at ${socket}`, { msgid: messages.apiListens.id });
    serverContext.terminal.out(socket);
  }

  async end(): Promise<void> {
    if (this.listeningSocket !== null) {
      this.listeningSocket.close();
      rmSync(this.socket as string, { force: true });
    }
    this.connection?.end();
    await Promise.all([...this.volumes].map((volume) => volume.close()));
  }

  /** Serves a connected socket; other users than root and the server's own are refused. */
  private accept(fd: number, onEnd: () => void): LoopConnection {
    const { log } = this.serverContext;
    // The uid -1 is no user's: a peer that cannot be read is refused.
    const peer: Peer = readPeer(fd) ?? { pid: 0, uid: -1 };
    const isAdmitted = peer.uid === 0 || peer.uid === process.geteuid!();
    let apiConnection: ApiConnection | null = null;
    const connection = new LoopConnection(
      fd,
      pump,
      (transport) => {
        apiConnection = new ApiConnection(this, makeCaller(peer.pid), transport);
        return apiConnection;
      },
      () => {
        if (isAdmitted) {
          log.info(`process ${peer.pid} disconnected`, { msgid: messages.apiClientGone.id });
        }
        onEnd();
      },
    );
    if (isAdmitted) log.info(`process ${peer.pid} connected`, { msgid: messages.apiClient.id });
    else
      apiConnection!.refuse(`it is of the user with uid ${peer.uid}, who may not use the volume`);
    return connection;
  }

  // -- methods for ApiConnection ------------------------------------------------------------

  openVolume(): ApiVolume {
    const volume = new ApiVolume(this.graph, (text) => this.log(text), {
      onClose: () => void this.volumes.delete(volume),
    });
    this.volumes.add(volume);
    return volume;
  }

  async reload(): Promise<void> {
    const [result] = await this.reloader!.reloadVolfileOnly();
    if (!result!.ok) throw new Error(result!.text);
  }

  async findVolumeId(): Promise<Uint8Array> {
    const { source } = this.serverContext;
    try {
      if (source.fetchVolumeId !== undefined) return gfidToBytes(await source.fetchVolumeId());
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      throw new FopError(ENODATA, error.message);
    }
    throw new FopError(ENODATA, `the volume of ${source.name} has no id`);
  }

  setLog(level: number, file: string): void {
    const { sink, levels } = this.serverContext;
    if (logLevelNames[level] === undefined) throw new FopError(EINVAL, `log level ${level}`);
    try {
      sink.moveTo(file === '' ? undefined : file);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      throw new FopError(EACCES, error.message);
    }
    levels.default = level as LogLevel;
  }

  log(text: string): void {
    this.serverContext.log.warning(text, { msgid: messages.apiConnectionFault.id });
  }

  logRefusal(text: string): void {
    this.serverContext.log.error(text, { msgid: messages.apiRefused.id });
  }
}
