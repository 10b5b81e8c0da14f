/** Connects operations with the volume: a volume for each client connection, a context for each of its identities. */

import type { Graph } from '../../core/graph.ts';
import { toHex } from '../../core/hex.ts';
import type { Caller } from '../driver-steps.ts';
import type { FileHandle, FileHandleSteps } from '../file-handle.ts';
import { awaitPromise, type Steps } from '../steps.ts';
import { VolumeClient, type VolumeClientSettings } from '../volume-client.ts';
import { VolumeSteps } from '../volume-steps.ts';
import { Handles } from './handles.ts';
import {
  hasFlag,
  type IdentityRequest,
  OPERATION_FLAGS,
  type OperationContext,
} from './operation.ts';
import type { Listing } from './values.ts';

/** A volume for one connection, with the files that it has opened. */
export class ApiVolume {
  readonly handles = new Handles();
  private readonly client: VolumeClient;
  private readonly log: (text: string) => void;

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
    }
  }
}

/** The context of a long operation; `abort` interrupts the operation's fops. */
export interface LongRequest {
  readonly context: RequestContext;
  abort(): void;
}

/** The part of `ApiConnection` that operations use; `OperationContext` describes the methods. */
export interface RequestConnection {
  addIdentity(identity: IdentityRequest): number;
  cancel(request: number): void;
  reload(): Promise<void>;
  findVolumeId(): Promise<Uint8Array>;
  setLog(level: number, file: string): void;
}

/** The operations' view of a connection, for the requests of one identity. */
export class RequestContext implements OperationContext {
  readonly volume: VolumeSteps;
  private readonly connection: RequestConnection;
  private readonly apiVolume: ApiVolume;

  constructor(connection: RequestConnection, apiVolume: ApiVolume, volume: VolumeSteps) {
    this.connection = connection;
    this.apiVolume = apiVolume;
    this.volume = volume;
  }

  /** Makes a context of the same identity whose fops can be interrupted separately. */
  makeLongRequest(): LongRequest {
    const { connection, apiVolume, volume } = this;
    const { caller, umask } = volume.settings;
    const controller = new AbortController();
    const ownSteps = apiVolume.makeSteps(caller, umask, controller.signal);
    return {
      context: new RequestContext(connection, apiVolume, ownSteps),
      abort: () => controller.abort(),
    };
  }

  findFile(handle: number): FileHandleSteps {
    return this.apiVolume.handles.findFile(handle, this.volume);
  }

  addFile(file: FileHandle): number {
    return this.apiVolume.handles.add(file);
  }

  openDirectory(flags: number, path: string): Steps<Listing> {
    return this.apiVolume.handles.openDirectory(
      this.volume,
      path,
      hasFlag(flags, OPERATION_FLAGS.STATS),
    );
  }

  readDirectory(handle: number): Steps<Listing> {
    return this.apiVolume.handles.readDirectory(handle);
  }

  close(handle: number): Steps<void> {
    return this.apiVolume.handles.close(handle, this.volume);
  }

  addIdentity(identity: IdentityRequest): number {
    return this.connection.addIdentity(identity);
  }

  cancel(request: number): void {
    this.connection.cancel(request);
  }

  *reload(): Steps<void> {
    yield* awaitPromise(this.connection.reload());
  }

  *findVolumeId(): Steps<Uint8Array> {
    return yield* awaitPromise(this.connection.findVolumeId());
  }

  setLog(level: number, file: string): void {
    this.connection.setLog(level, file);
  }
}
