/**
 * The second wall round a server, which the kernel keeps: Landlock for files, TCP and signals, the capabilities that root
 * keeps, and a filter of system calls (seccomp). The first is the interpreter of a module.
 *
 * A thread's restriction by Landlock holds for the threads and processes that it starts, never for the other threads of
 * its process. So a thread of the starter enters the wall and starts the server (`confined-thread.ts`). Once the server knows its own process, and before it loads a module, it closes the door with a
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

/** Returns the kernel's ABI of Landlock, or an error text. */
export function findLandlock(): number | string {
  if (!hasSystemCalls) return 'koffi, which calls the kernel, cannot be loaded';
  const abi = landlock.createRuleset(null, 0, CREATE_RULESET_VERSION);
  if (abi > 0) return abi;
  return `the kernel has no Landlock (${abi < 0 ? errnoName(-abi) : 'ABI 0'})`;
}

/**
 * Confines this thread, and all that it starts: Landlock, fewer capabilities, and the filter under which a server starts.
 * Paths that are missing get no rule. @throws {Error} that names the refused call
 */
export function enterWall(reach: readonly Reach[], abi: number, makesDevices: boolean): void {
  const { attribute, paths, ports } = makeRuleset(reach, abi, makesDevices);
  const ruleset = demand(
    'landlock_create_ruleset',
    landlock.createRuleset(attribute, attribute.length, 0),
  );
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
    demand(`landlock_add_rule for ${path}`, status);
  }
  for (const [port, access] of ports)
    demand(`landlock_add_rule for port ${port}`, addRule(RULE_PORT, access, port));
  for (let capability = 0; capability < CAPABILITIES_END; capability += 1) {
    const isKept =
      KEPT_CAPABILITIES.includes(capability) || (makesDevices && capability === CAP_MKNOD);
    // Refused to ordinary users, who have none.
    if (!isKept) prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
  }
  demand('prctl', prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
  const filter = assembleFilter(null);
  if (filter !== null) demand('seccomp', setFilter(filter, 0));
  demand('landlock_restrict_self', landlock.restrictSelf(ruleset, 0));
  closeSync(ruleset);
}

/** Returns the result of a call. @throws {Error} if it is minus an errno */
function demand(call: string, result: number): number {
  if (result < 0) throw new Error(`${call}: ${errnoName(-result)}`);
  return result;
}

function openPath(path: string): number {
  try {
    return openSync(path, O_PATH | constants.O_RDONLY);
  } catch {
    // It is missing, or another user's; then the server cannot use it either.
    return -1;
  }
}

const [PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS] = [24, 38];
const SECCOMP_SET_MODE_FILTER = 1;
/** For all threads; without the kernel's slower speculation, which a filter once switched on. */
const FILTER_FLAGS = 1 | 4;

/** Adds a filter; returns 0, minus the errno, or the thread that refuses. */
function setFilter(filter: Uint8Array, flags: number): number {
  // struct sock_fprog: the number of instructions, and their address.
  const program = Buffer.alloc(16);
  program.writeUInt16LE(filter.length / 8, 0);
  program.writeBigUInt64LE(addressOf(filter), 8);
  return seccomp(SECCOMP_SET_MODE_FILTER, flags, program);
}

/**
 * Refuses system calls to all threads of this process from now on: it starts no program, and signals no other process.
 * @returns null, or the reason why the kernel does not
 */
export function closeDoor(policy: FilterPolicy): string | null {
  const filter = assembleFilter(policy);
  if (filter === null) return `no filter of system calls is known for ${process.arch}`;
  const status = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || setFilter(filter, FILTER_FLAGS);
  if (status === 0) return null;
  return `seccomp: ${status < 0 ? errnoName(-status) : `thread ${status} has another filter`}`;
}
