/** Connects operations with the volume: a volume for each client connection, a context for each of its identities. */

import { EOPNOTSUPP } from '../../core/errno.ts';
import type { Graph } from '../../core/graph.ts';
import { toHex } from '../../core/hex.ts';
import type { Caller } from '../driver-steps.ts';
import type { FileHandleSteps } from '../file-handle.ts';
import { FopError } from '../fop-error.ts';
import { awaitPromise, type Steps } from '../steps.ts';
import { Volume } from '../volume.ts';
import { VolumeClient, type VolumeClientSettings } from '../volume-client.ts';
import { VolumeSteps } from '../volume-steps.ts';
import { Handles } from './handles.ts';
import type { IdentityRequest } from './values.ts';

/** A volume for one connection, with the files and objects that it has opened. */
export class ApiVolume {
  readonly handles = new Handles();
  readonly log: (text: string) => void;
  private readonly client: VolumeClient;

  constructor(graph: Graph, log: (text: string) => void, settings: VolumeClientSettings = {}) {
    this.client = new VolumeClient(graph, settings);
    this.log = log;
  }

  /** Whether a request waits for something that only a turn of the event loop can deliver. */
  get isBusy(): boolean {
    return this.client.graphClient.initiator.calls.mayNeedEventLoop;
  }

  /** The number of open files and directories. */
  get openFileCount(): number {
    return this.client.graphClient.fds.size;
  }

  /** Makes the operations of an identity. @param signal ends them when it is aborted */
  makeSteps(caller: Caller, umask: number, signal?: AbortSignal): VolumeSteps {
    const awaitsPromise = signal !== undefined;
    return new VolumeSteps(this.client, {
      caller,
      umask,
      signal,
      collectionToken: {},
      awaitsPromise,
    });
  }

  /** Makes the volume of an identity, for objects of the connection. @throws {FopError} EOPNOTSUPP below a translator */
  makeVolume({ settings: { caller, umask } }: VolumeSteps): Volume {
    // Locks and watches wind to the top of the graph.
    if (this.client.settings.links !== undefined)
      throw new FopError(EOPNOTSUPP, 'chunks inside a translator');
    return new Volume(this.client, { caller, umask, signal: undefined, collectionToken: {} });
  }

  /** Makes the event loop run before the next wait for messages, so that promises continue. */
  wake(): void {
    this.client.graph.top.context.wake();
  }

  /** Makes a random lock owner. */
  makeLockOwner(): string {
    const random = new Uint8Array(8);
    this.client.graph.top.context.random(random);
    return toHex(random);
  }

  /** Flushes and closes all files; a failure is logged. */
  async close(): Promise<void> {
    try {
      await this.client.close();
    } catch (error) {
      this.log(`a file of a program that has left is not written: ${(error as Error).message}`);
    } finally {
      this.handles.releaseObjects();
    }
  }
}

/** The context of an operation that can be ended; `abort` aborts its signal, and interrupts its fops. */
export interface AbortableRequest {
  readonly context: RequestContext;
  abort(): void;
}

/** The part of `ApiConnection` that operations use. */
export interface RequestConnection {
  /** Registers an identity. @returns its number */
  addIdentity(identity: IdentityRequest): number;
  /** Ends a request of this connection. @param request the id of its message */
  cancel(request: number): void;
  /** Makes the server read its volfile again. */
  reload(): Promise<void>;
  /** Returns the 16 bytes of the volume's id. @throws {FopError} ENODATA */
  findVolumeId(): Promise<Uint8Array>;
  /**
   * Sets the level of the server's log and its file.
   * @throws {FopError} EINVAL for an unknown level, EACCES for a file that cannot be written
   */
  setLog(level: number, file: string): void;
}

/** The operations' view of a connection, for the requests of one identity. */
export class RequestContext {
  /** The volume, with the identity of the request. */
  readonly volume: VolumeSteps;
  /** Aborted by `cancel`, and at the end of the connection; of requests of the kinds `long` and `queued`. */
  readonly signal: AbortSignal | undefined;
  readonly connection: RequestConnection;
  readonly apiVolume: ApiVolume;
  readonly handles: Handles;

  constructor(
    connection: RequestConnection,
    apiVolume: ApiVolume,
    volume: VolumeSteps,
    signal?: AbortSignal,
  ) {
    this.connection = connection;
    this.apiVolume = apiVolume;
    this.handles = apiVolume.handles;
    this.volume = volume;
    this.signal = signal;
  }

  /** Makes a context of the same identity for one request. @param kind `long` to interrupt its fops separately */
  makeAbortable(kind: 'long' | 'queued'): AbortableRequest {
    const { connection, apiVolume, volume } = this;
    const { caller, umask } = volume.settings;
    const controller = new AbortController();
    const { signal } = controller;
    const steps = kind === 'long' ? apiVolume.makeSteps(caller, umask, signal) : volume;
    return {
      context: new RequestContext(connection, apiVolume, steps, signal),
      abort: () => controller.abort(),
    };
  }

  /** Continues with the result of a promise. */
  awaitPromise<R>(promise: Promise<R>): Steps<R> {
    this.apiVolume.wake();
    return awaitPromise(promise);
  }

  /** Finds an open file; its requests have the identity of this request. @throws {FopError} EBADF */
  findFile(handle: number): FileHandleSteps {
    return this.handles.findFile(handle, this.volume);
  }
}
