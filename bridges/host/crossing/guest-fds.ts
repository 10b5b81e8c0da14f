/** The fds that one interpreter knows by number. */
import { Fd } from '../../../runtime/core/fd.ts';
import type { FopRow } from '../../../runtime/core/fops.ts';
import type { HostedRequest } from '../requests/hosted-request.ts';
import { locIn } from './decision.ts';
import { missingFd } from './message.ts';

export class GuestFds {
  /** Those whose release the guest wants to hear of. */
  private readonly tracked = new Map<number, Fd>();
  /** Those that were made for the guest, which closes them. */
  private readonly own = new Map<number, Fd>();
  /** Those that it has closed while it ran: translators hear of it when it has returned. */
  private readonly closed: Fd[] = [];
  /** How many a guest may have opened by itself. */
  readonly most: number;

  constructor(most: number) {
    this.most = most;
  }

  get(id: number): Fd | undefined {
    return this.tracked.get(id);
  }

  track(fd: Fd): void {
    this.tracked.set(fd.id, fd);
  }

  untrack(fd: Fd): void {
    this.tracked.delete(fd.id);
  }

  /** Makes the fd that a fop which opens comes without. False when the guest has as many as it may. */
  add(request: HostedRequest, wind: number, row: FopRow, values: unknown[]): boolean {
    const at = missingFd(row, values);
    const inode = at < 0 ? null : (locIn(values)?.inode ?? null);
    if (inode === null) return true;
    if (this.own.size >= this.most) return false;
    const flags = values[row.args.findIndex((arg) => arg.name === 'flags')] ?? 0;
    const fd = new Fd(inode, flags as number, request.frame.root.pid, row.name === 'opendir');
    this.own.set(fd.id, fd);
    request.made ??= new Map();
    request.made.set(wind, fd);
    values[at] = fd;
    return true;
  }

  /** The fop that an fd was made for has failed. */
  giveUp(request: HostedRequest, wind: number): void {
    const fd = request.made?.get(wind);
    request.made?.delete(wind);
    if (fd !== undefined) this.close(fd.id);
  }

  /** False for an fd that was not made for the guest, or that it has closed already. */
  close(id: number): boolean {
    const fd = this.own.get(id);
    if (fd === undefined) return false;
    this.own.delete(id);
    this.closed.push(fd);
    return true;
  }

  releaseClosed(): void {
    for (let fd = this.closed.pop(); fd !== undefined; fd = this.closed.pop()) fd.release();
  }

  /** The interpreter ends: nobody closes what was made for it any more. */
  releaseAll(): void {
    for (const fd of this.own.values()) fd.release();
  }
}
