/** Tracks the fds that one interpreter refers to by number, and closes those made for it. */

import type { FopRow } from '../../../runtime/core/fops.ts';
import { Fd } from '../../../runtime/core/operands.ts';
import type { HostedRequest } from '../requests/hosted-request.ts';
import { findFirstLoc } from './decision.ts';
import { findMissingFdIndex } from './message.ts';

export class GuestFds {
  /** Fds whose release the host reports to the guest. */
  private readonly subscribedFds = new Map<number, Fd>();
  /** Fds made for the guest, which must close them. */
  private readonly createdFds = new Map<number, Fd>();
  /** Fds closed during the current call, released when it returns. */
  private readonly closedFds: Fd[] = [];
  /** The maximum number of open fds that were made for the guest. */
  readonly maxCreatedFds: number;

  constructor(maxCreatedFds: number) {
    this.maxCreatedFds = maxCreatedFds;
  }

  /** Finds an fd whose release is reported. */
  get(id: number): Fd | undefined {
    return this.subscribedFds.get(id);
  }

  /** Makes the host report the release of an fd. */
  subscribe(fd: Fd): void {
    this.subscribedFds.set(fd.id, fd);
  }

  unsubscribe(fd: Fd): void {
    this.subscribedFds.delete(fd.id);
  }

  /**
   * Makes the missing fd of a fop that opens, and puts it into `values`. Returns false when the
   * guest is at its limit.
   */
  addMissingFd(
    request: HostedRequest,
    windNumber: number,
    row: FopRow,
    values: unknown[],
  ): boolean {
    const fdIndex = findMissingFdIndex(row, values);
    const inode = fdIndex < 0 ? null : (findFirstLoc(values)?.inode ?? null);
    if (inode === null) return true;
    if (this.createdFds.size >= this.maxCreatedFds) return false;
    // opendir has no flags.
    const flags = values[row.args.findIndex((arg) => arg.name === 'flags')] ?? 0;
    const fd = new Fd(inode, flags as number, request.frame.root.pid, row.name === 'opendir');
    this.createdFds.set(fd.id, fd);
    request.createdFds ??= new Map();
    request.createdFds.set(windNumber, fd);
    values[fdIndex] = fd;
    return true;
  }

  /** Closes the fd made for a fop that has failed. */
  closeFailed(request: HostedRequest, windNumber: number): void {
    const fd = request.createdFds?.get(windNumber);
    request.createdFds?.delete(windNumber);
    if (fd !== undefined) this.close(fd.id);
  }

  /** Closes a guest's fd. Returns false if it was not made for the guest, or is closed already. */
  close(id: number): boolean {
    const fd = this.createdFds.get(id);
    if (fd === undefined) return false;
    this.createdFds.delete(id);
    this.closedFds.push(fd);
    return true;
  }

  /** Releases the fds that were closed during the call that has returned. */
  releaseClosed(): void {
    for (let fd = this.closedFds.pop(); fd !== undefined; fd = this.closedFds.pop()) fd.release();
  }

  /** Releases all fds made for the interpreter, when it ends. */
  releaseAll(): void {
    for (const fd of this.createdFds.values()) fd.release();
    this.createdFds.clear();
  }
}
