/**
 * Connects a program to a graph: runs operations, and ends them when the volume is closed. All objects
 * of one volume (for other identities, open files, `fs`) share it.
 */
import type { Client } from '../core/client.ts';
import type { Graph } from '../core/graph.ts';
import { O_ACCMODE, O_RDONLY } from '../core/open-flags.ts';
import type { Fd } from '../core/operands.ts';
import type { Child } from '../core/xlator.ts';
import { connect, DriverSteps, ROOT_CALLER } from './driver-steps.ts';
import { AbortError, VolumeClosedError } from './file-error.ts';
import { OpenFile, type OpenState } from './open-file.ts';
import { PendingOperation, PendingOperations } from './pending-operation.ts';
import type { Steps } from './steps.ts';

/** The settings of a program's connection to a graph. */
export interface VolumeClientSettings {
  /** The volume of the graph that requests are wound to; by default the top. */
  readonly links?: Child;
  /** Whether the graph is stopped when the volume is closed. */
  readonly ownsGraph?: boolean;
  /** Called with true when the first operation waits for the volume, with false when the last has ended. */
  onPendingChange?(isWaiting: boolean): void;
  /** Called when the volume was closed. */
  onClose?(): Promise<void> | void;
}

let lastDeviceNumber = 0;

/** A program's connection to a graph. */
export class VolumeClient {
  readonly graph: Graph;
  readonly graphClient: Client;
  /** The number of the volume in this process: `dev` of its files. */
  readonly deviceNumber = ++lastDeviceNumber;
  /** The open files by the id of their fd. */
  private readonly openFiles = new Map<number, OpenState>();
  readonly settings: VolumeClientSettings;
  private readonly operations: PendingOperations;
  private closePromise: Promise<void> | null = null;

  constructor(graph: Graph, settings: VolumeClientSettings = {}) {
    this.graph = graph;
    this.graphClient = connect(graph);
    this.settings = settings;
    this.operations = new PendingOperations((isWaiting) => settings.onPendingChange?.(isWaiting));
  }

  get name(): string {
    return this.graph.top.name;
  }

  get isClosed(): boolean {
    return this.closePromise !== null;
  }

  /** Checks that the volume is not closed. @throws {VolumeClosedError} */
  checkOpen(): void {
    if (this.isClosed) throw new VolumeClosedError(this.name);
  }

  /** Returns the error with which requests fail after the volume was closed or `signal` aborted; null before. */
  findRefusal(signal?: AbortSignal): Error | null {
    if (this.isClosed) return new VolumeClosedError(this.name);
    return signal?.aborted === true ? new AbortError(signal) : null;
  }

  /**
   * Runs an operation. It fails when the volume is closed, and when `signal` is aborted.
   * @param driver the driver of the steps: an abort interrupts its fops in flight
   */
  run<R>(steps: Steps<R>, signal?: AbortSignal, driver?: DriverSteps): Promise<R> {
    const refusal = this.findRefusal(signal);
    if (refusal !== null) return Promise.reject(refusal);
    return new Promise<R>((resolve, reject) =>
      new PendingOperation(this.operations, steps, { resolve, reject }, signal, driver).start(),
    );
  }

  /** Registers an open file, which `close` flushes and releases. */
  addFile(state: OpenState): void {
    this.openFiles.set(state.file.fd.id, state);
    this.addFd(state.file.fd);
  }

  removeFile({ file }: OpenState): void {
    this.openFiles.delete(file.fd.id);
    this.removeFd(file.fd);
  }

  /** Finds the open file of a descriptor. */
  findOpenFile(fd: number): OpenState | undefined {
    return this.openFiles.get(fd);
  }

  /** Registers an open directory, which `close` releases. */
  addFd(fd: Fd): void {
    this.graphClient.fds.add(fd);
  }

  /** Forgets an fd that the caller releases next. */
  removeFd(fd: Fd): void {
    this.graphClient.fds.remove(fd.id);
  }

  /**
   * Ends all operations, flushes and closes all open files, and leaves the graph. Further calls
   * return the same promise. It rejects if a flush fails, after all else was closed.
   */
  close(): Promise<void> {
    this.closePromise ??= this.closeAll();
    return this.closePromise;
  }

  private async closeAll(): Promise<void> {
    this.operations.refuseAll(new VolumeClosedError(this.name));
    const files = [...this.openFiles.values()];
    for (const file of files) file.isClosed = true;
    const writableFiles = files.filter(({ file: { fd } }) => (fd.flags & O_ACCMODE) !== O_RDONLY);
    // The driver of the files refuses requests from here on, so the flushes have their own.
    const driver = new DriverSteps(this.graphClient, ROOT_CALLER);
    const flush = ({ file: { fd } }: OpenState) => new OpenFile(driver, fd).flush();
    const flushes = await Promise.allSettled(writableFiles.map(flush));
    await this.leaveGraph();
    for (const result of flushes) if (result.status === 'rejected') throw result.reason;
  }

  private async leaveGraph(): Promise<void> {
    // The initiator has no other client.
    this.graphClient.initiator.close();
    if (this.settings.ownsGraph === true) await this.graph.stop();
    await this.settings.onClose?.();
  }
}
