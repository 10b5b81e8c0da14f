/**
 * Callers that give up. The kernel says INTERRUPT when any signal reaches a process that waits, also
 * one that the process handles and then goes on; and it says so once. On a disk only a process that
 * is being killed stops waiting, except for a lock. So whoever works on a request is told at once for
 * a lock, and otherwise when the caller is about to die: now, or at a later look.
 *
 * Whatever signal ends a process, its threads have SIGKILL pending by then (Linux kernel/signal.c,
 * complete_signal). A caller in another pid namespace has no pid here: its end is not noticed.
 */
import { readFileSync } from 'node:fs';
import type { Context } from '../../core/context.ts';
import { mayWait } from './opcodes.ts';
import type { Request } from './request.ts';

const LOOK_MS = 100;
/** In the last digits of a mask of signals, in hexadecimal. */
const SIGKILL_BIT = 1 << 8;

export class Interrupts {
  private readonly context: Context;
  /** Interrupted, not answered, and the caller was alive at the last look. */
  private readonly waitingForDeath = new Set<Request>();
  private cancel: (() => void) | null = null;

  constructor(context: Context) {
    this.context = context;
  }

  add(request: Request): void {
    if (mayWait(request.opcode) || isDying(request.pid)) request.interrupt();
    else if (request.pid > 0) {
      this.waitingForDeath.add(request);
      this.cancel ??= this.context.after(LOOK_MS, () => this.checkCallers());
    }
  }

  /** The request has its answer. */
  settled(request: Request): void {
    if (this.waitingForDeath.size > 0) this.waitingForDeath.delete(request);
  }

  close(): void {
    this.cancel?.();
    this.cancel = null;
    this.waitingForDeath.clear();
  }

  private checkCallers(): void {
    this.cancel = null;
    for (const request of [...this.waitingForDeath]) {
      if (!isDying(request.pid)) continue;
      this.waitingForDeath.delete(request);
      request.interrupt();
    }
    if (this.waitingForDeath.size > 0)
      this.cancel = this.context.after(LOOK_MS, () => this.checkCallers());
  }
}

function isDying(tid: number): boolean {
  if (tid <= 0) return false;
  let status: string;
  try {
    status = readFileSync(`/proc/${tid}/status`, 'latin1');
  } catch {
    // It is gone.
    return true;
  }
  const pending = /^SigPnd:\s*[0-9a-f]*?([0-9a-f]{4})$/m.exec(status)?.[1] ?? '0';
  return (Number.parseInt(pending, 16) & SIGKILL_BIT) !== 0;
}
