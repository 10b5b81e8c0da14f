/**
 * Interrupts requests of callers that give up. The kernel sends INTERRUPT once, for any signal to a waiting process,
 * even for a signal that does not end it. On a disk such a signal interrupts only a wait for a lock. So a lock request
 * is interrupted at once, and any other request when its caller is dying, which is checked at once and every 100 ms.
 *
 * A dying thread has SIGKILL pending (Linux kernel/signal.c, complete_signal). A caller in another pid namespace has
 * no pid here, so its end goes unnoticed.
 */
import { readFileSync } from 'node:fs';
import type { Context } from '../../core/context.ts';
import { mayWait } from './opcodes.ts';
import type { Request } from './request.ts';

/** Milliseconds between two checks of the callers. */
const CHECK_INTERVAL_MS = 100;
/** SIGKILL in the last four hexadecimal digits of a signal mask. */
const SIGKILL_BIT = 1 << 8;

export class Interrupts {
  private readonly context: Context;
  /** Interrupted requests whose caller was alive at the last check. */
  private readonly liveCallerRequests = new Set<Request>();
  /** Cancels the next check; null if no check is due. */
  private cancelCheck: (() => void) | null = null;

  constructor(context: Context) {
    this.context = context;
  }

  /** Handles the INTERRUPT of a request: interrupts it now, or when its caller dies. */
  add(request: Request): void {
    if (mayWait(request.opcode) || isDying(request.pid)) request.interrupt();
    else if (request.pid > 0) {
      this.liveCallerRequests.add(request);
      this.cancelCheck ??= this.context.after(CHECK_INTERVAL_MS, () => this.checkCallers());
    }
  }

  /** Stops watching a request that has its reply. */
  stopWatching(request: Request): void {
    if (this.liveCallerRequests.size > 0) this.liveCallerRequests.delete(request);
  }

  /** Stops all checks, at the end of the mount. */
  close(): void {
    this.cancelCheck?.();
    this.cancelCheck = null;
    this.liveCallerRequests.clear();
  }

  /** Interrupts the requests of dying callers; checks the others again later. */
  private checkCallers(): void {
    this.cancelCheck = null;
    for (const request of [...this.liveCallerRequests]) {
      if (!isDying(request.pid)) continue;
      this.liveCallerRequests.delete(request);
      request.interrupt();
    }
    if (this.liveCallerRequests.size > 0)
      this.cancelCheck = this.context.after(CHECK_INTERVAL_MS, () => this.checkCallers());
  }
}

/** Whether a thread has ended, or a SIGKILL pending; false for the kernel and other pid namespaces (0). */
function isDying(tid: number): boolean {
  if (tid <= 0) return false;
  let status: string;
  try {
    status = readFileSync(`/proc/${tid}/status`, 'latin1');
  } catch {
    // The thread has ended.
    return true;
  }
  const pending = /^SigPnd:\s*[0-9a-f]*?([0-9a-f]{4})$/m.exec(status)?.[1] ?? '0';
  return (Number.parseInt(pending, 16) & SIGKILL_BIT) !== 0;
}
