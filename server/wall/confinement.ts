/**
 * The second wall round a server, which the kernel keeps: Landlock for files, TCP and signals, the capabilities that root
 * keeps, and a filter of system calls (seccomp). The first is the interpreter of a module.
 *
 * A thread's restriction by Landlock holds for the threads and processes that it starts, never for the other threads of
 * its process. So the starter makes the ruleset here, and a thread of it enters the wall and starts the server
 * (`confined-child.ts`). Once the server knows its own process, and before it loads a module, it closes the door with a
 * filter for all its threads.
 *
 * Sources: landlock(7), seccomp(2), capabilities(7), prctl(2); Linux include/uapi/linux/capability.h.
 */
import { closeSync, constants, openSync } from 'node:fs';
import { errnoName } from '../../runtime/core/errno.ts';
import type { Reach } from '../../runtime/core/reach.ts';
import { O_PATH } from '../../runtime/sys/constants.ts';
import { hasSystemCalls } from '../../runtime/sys/koffi.ts';
import { addressOf, landlock, prctl, seccomp } from '../../runtime/sys/libc.ts';
import { makeRuleset } from './ruleset.ts';
import { assembleFilter, type FilterPolicy } from './system-call-filter.ts';

/** Options of `landlock_create_ruleset` and types of rules. */
const CREATE_RULESET_VERSION = 1;
const [RULE_PATH, RULE_PORT] = [1, 2];

/**
 * Capabilities that serving files as root needs: CHOWN, DAC_OVERRIDE, DAC_READ_SEARCH, FOWNER, FSETID, SETGID and SETUID
 * (of requests), LINUX_IMMUTABLE, NET_BIND_SERVICE (bricks want clients with low ports), SYS_ADMIN (trusted attributes,
 * passthrough), SYS_RESOURCE, SETFCAP; MKNOD for devices.
 */
const KEPT_CAPABILITIES = [0, 1, 2, 3, 4, 6, 7, 9, 10, 21, 24, 31];
const CAP_MKNOD = 27;
/** One more than the last capability, CHECKPOINT_RESTORE; the kernel refuses later ones. */
const CAPABILITIES_END = 64;

/** The ABI of Landlock that the kernel has, or the reason why it has none. */
export function findLandlock(): number | string {
  if (!hasSystemCalls) return 'koffi, which calls the kernel, cannot be loaded';
  const abi = landlock.createRuleset(null, 0, CREATE_RULESET_VERSION);
  if (abi > 0) return abi;
  return `the kernel has no Landlock (${abi < 0 ? errnoName(-abi) : 'ABI 0'})`;
}

/** The values that a thread needs to enter the wall. */
export interface WallEntry {
  /** The descriptor of the ruleset, which the caller closes. */
  readonly ruleset: number;
  readonly droppedCapabilities: readonly number[];
  /** The filter under which the server starts; null for a machine without one. */
  readonly filter: Uint8Array | null;
}

/** Makes a ruleset of the kernel. Paths that are missing get no rule. @throws {Error} that names the refused call */
export function makeWallEntry(
  reach: readonly Reach[],
  abi: number,
  makesDevices = false,
): WallEntry {
  const { attribute, paths, ports } = makeRuleset(reach, abi, makesDevices);
  const ruleset = landlock.createRuleset(attribute, attribute.length, 0);
  if (ruleset < 0) throw new Error(`landlock_create_ruleset: ${errnoName(-ruleset)}`);
  const addRule = (type: number, access: bigint, id: number): number => {
    const rule = Buffer.alloc(16);
    rule.writeBigUInt64LE(access, 0);
    // A path's descriptor has 4 bytes, a port 8.
    rule.writeUInt32LE(id, 8);
    return landlock.addRule(ruleset, type, rule, 0);
  };
  for (const [path, { folder, file }] of paths) {
    const fd = openPath(path);
    if (fd < 0) continue;
    const status = addRule(RULE_PATH, folder, fd) && addRule(RULE_PATH, file, fd);
    closeSync(fd);
    if (status < 0) throw new Error(`landlock_add_rule for ${path}: ${errnoName(-status)}`);
  }
  for (const [port, access] of ports) {
    const status = addRule(RULE_PORT, access, port);
    if (status < 0) throw new Error(`landlock_add_rule for port ${port}: ${errnoName(-status)}`);
  }
  const kept = new Set([...KEPT_CAPABILITIES, ...(makesDevices ? [CAP_MKNOD] : [])]);
  const all = Array.from({ length: CAPABILITIES_END }, (_, capability) => capability);
  const droppedCapabilities = all.filter((capability) => !kept.has(capability));
  return { ruleset, droppedCapabilities, filter: assembleFilter(null) };
}

function openPath(path: string): number {
  try {
    return openSync(path, O_PATH | constants.O_RDONLY);
  } catch {
    // It is missing, or another user's; then the server cannot use it either.
    return -1;
  }
}

const PR_SET_NO_NEW_PRIVS = 38;
const SECCOMP_SET_MODE_FILTER = 1;
/** For all threads; without the kernel's slower speculation, which a filter once switched on. */
const FILTER_FLAGS = 1 | 4;

/**
 * Refuses system calls to all threads of this process from now on: it starts no program, and signals no other process.
 * @returns null, or the reason why the kernel does not
 */
export function closeDoor(policy: FilterPolicy): string | null {
  const filter = assembleFilter(policy);
  if (filter === null) return `no filter of system calls is known for ${process.arch}`;
  if (!hasSystemCalls) return 'koffi, which calls the kernel, cannot be loaded';
  // struct sock_fprog: the number of instructions, and their address.
  const program = Buffer.alloc(16);
  program.writeUInt16LE(filter.length / 8, 0);
  program.writeBigUInt64LE(addressOf(filter), 8);
  const status =
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
    seccomp(SECCOMP_SET_MODE_FILTER, FILTER_FLAGS, program);
  if (status === 0) return null;
  return `seccomp: ${status < 0 ? errnoName(-status) : `thread ${status} has another filter`}`;
}
