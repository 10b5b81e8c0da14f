/** The volume of a connection, and what the operations of one identity see of it. */

import type { Graph } from '../../core/graph.ts';
import type { Caller } from '../driver-steps.ts';
import type { FileHandle, FileHandleSteps } from '../file-handle.ts';
import { awaitPromise, type Steps } from '../steps.ts';
import { VolumeClient, type VolumeClientSettings } from '../volume-client.ts';
import { VolumeSteps } from '../volume-steps.ts';
import { Handles } from './handles.ts';
import { FLAGS, has, type IdentityRequest, type OperationContext } from './operation.ts';
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

  /** Whether requests need a turn of the event loop. */
  get isBusy(): boolean {
    return this.client.client.initiator.calls.busy;
  }

  /** Files and directories that are open. */
  get openFileCount(): number {
    return this.client.client.fds.size;
  }

  /** The operations of an identity. @param signal ends them */
  makeSteps(caller: Caller, umask: number, signal?: AbortSignal): VolumeSteps {
    const awaitsPromise = signal !== undefined;
    return new VolumeSteps(this.client, { caller, umask, signal, dropToken: {}, awaitsPromise });
  }

  /** A random owner of locks. */
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

/** A request whose own requests are interrupted by `abort`. */
export interface LongRequest {
  readonly context: RequestContext;
  abort(): void;
}

/** The part of a connection that its operations use. */
export interface RequestConnection {
  addIdentity(identity: IdentityRequest): number;
  cancel(request: number): void;
  reload(): Promise<void>;
  volumeId(): Promise<Uint8Array>;
  setLog(level: number, file: string): void;
}

export class RequestContext implements OperationContext {
  readonly volume: VolumeSteps;
  private readonly connection: RequestConnection;
  private readonly owner: ApiVolume;

  constructor(connection: RequestConnection, owner: ApiVolume, volume: VolumeSteps) {
    this.connection = connection;
    this.owner = owner;
    this.volume = volume;
  }

  /** The same identity with requests of its own. */
  forLongRequest(): LongRequest {
    const { connection, owner, volume } = this;
    const { caller, umask } = volume.settings;
    const controller = new AbortController();
    const own = owner.makeSteps(caller, umask, controller.signal);
    return {
      context: new RequestContext(connection, owner, own),
      abort: () => controller.abort(),
    };
  }

  file(handle: number): FileHandleSteps {
    return this.owner.handles.file(handle, this.volume);
  }

  addFile(file: FileHandle): number {
    return this.owner.handles.add(file);
  }

  openDirectory(flags: number, path: string): Steps<Listing> {
    return this.owner.handles.openDirectory(this.volume, path, has(flags, FLAGS.STATS));
  }

  readDirectory(handle: number): Steps<Listing> {
    return this.owner.handles.readDirectory(handle);
  }

  close(handle: number): Steps<void> {
    return this.owner.handles.close(handle, this.volume);
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

  *volumeId(): Steps<Uint8Array> {
    return yield* awaitPromise(this.connection.volumeId());
  }

  setLog(level: number, file: string): void {
    this.connection.setLog(level, file);
  }
}

export const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
