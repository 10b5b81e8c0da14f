/** A request of the kernel, from the message to the answer; and who the caller's groups are. */
import { readFileSync } from 'node:fs';
import { Stack } from '../../core/frame.ts';
import type { InHeader } from './codec/header.ts';
import { lately } from './lately.ts';
import type { Message } from './message.ts';

export class Request extends Stack {
  /** The kernel's number. */
  readonly tag: number;
  readonly opcode: number;
  /** The inode that it is asked of. */
  readonly nodeid: number;
  /** By the clock of `performance.now`; earlier by a little (lately.ts). */
  readonly began = lately.ms;
  /** The message, when its bytes are still needed (the data of a WRITE). */
  kept: Message | null = null;

  /** `op` is the log name of the fop that answers it. */
  constructor(header: InHeader, op: string) {
    super(header.uid, header.gid, header.pid, op, groupsOf);
    this.tag = header.unique;
    this.opcode = header.opcode;
    this.nodeid = header.nodeid;
  }
}

/** Supplementary groups of a process; none when it is gone, or the kernel itself (pid 0). */
export function groupsOf(pid: number): readonly number[] {
  if (pid <= 0) return [];
  let status: string;
  try {
    status = readFileSync(`/proc/${pid}/status`, 'latin1');
  } catch {
    // It ended meanwhile, or belongs to another pid namespace: it has no groups that we could know.
    return [];
  }
  const groups = /^Groups:(.*)$/m.exec(status)?.[1] ?? '';
  return (groups.match(/\d+/g) ?? []).map(Number);
}
