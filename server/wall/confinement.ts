/**
 * The second wall round a server, which the kernel keeps: Landlock for files, TCP and signals, the capabilities that root
 * keeps, and a filter of system calls (seccomp). The first is the interpreter of a module.
 *
 * The server enters it before Node runs (`launcher.ts`). Once the server knows its own process, and before it loads a
 * module, it closes the door with a further filter for all its threads.
 *
 * Sources: landlock(7), seccomp(2), capabilities(7), prctl(2); Linux include/uapi/linux/capability.h.
 */
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { errnoName } from '../../runtime/core/errno.ts';
import type { Reach } from '../../runtime/core/reach.ts';
import { O_PATH } from '../../runtime/sys/constants.ts';
import { hasSystemCalls } from '../../runtime/sys/koffi.ts';
import { addressOf, landlock, prctl, seccomp } from '../../runtime/sys/libc.ts';
import { systemCalls } from '../../runtime/sys/system-calls.ts';
import { assembleLauncher, type LauncherCall, openProgram } from './launcher.ts';
import { makeRuleset, type Ruleset } from './ruleset.ts';
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

/** The things that a confined server may reach. */
export interface Confinement {
  readonly reach: readonly Reach[];
  readonly abi: number;
  readonly makesDevices: boolean;
}

/** The options of a start, as those of `child_process.spawn`; descriptor 3 is its channel. */
export interface ChildOptions {
  readonly stdio: Extract<StdioOptions, readonly unknown[]>;
  readonly env: NodeJS.ProcessEnv;
}

/** Returns the kernel's ABI of Landlock, or an error text. */
export function findLandlock(): number | string {
  if (!hasSystemCalls) return 'koffi, which calls the kernel, cannot be loaded';
  const abi = landlock.createRuleset(null, 0, CREATE_RULESET_VERSION);
  if (abi > 0) return abi;
  return `the kernel has no Landlock (${abi < 0 ? errnoName(-abi) : 'ABI 0'})`;
}

/**
 * Starts this Node inside the wall, as the leader of a session: Landlock, fewer capabilities, and the filter under which a
 * server starts. Paths that are missing get no rule. @throws {Error} that names the refused call
 */
export function spawnConfined(
  { reach, abi, makesDevices }: Confinement,
  args: readonly string[],
  { stdio, env }: ChildOptions,
): ChildProcess {
  const ruleset = openRuleset(makeRuleset(reach, abi, makesDevices));
  const descriptors = [ruleset];
  try {
    const program = assembleLauncher(listCalls(stdio.length, makesDevices));
    if (program === null) throw new Error(`no way to start it is known for ${process.arch}`);
    descriptors.push(openProgram(program));
    return spawn(`/proc/self/fd/${stdio.length + 1}`, args, {
      ...{ argv0: process.execPath, detached: true, env },
      stdio: [...stdio, ...descriptors],
    });
  } finally {
    for (const fd of descriptors) closeSync(fd);
  }
}

/** Makes the ruleset for the kernel. @throws {Error} that names the refused call */
function openRuleset({ attribute, paths, ports }: Ruleset): number {
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
  try {
    for (const [path, { folder, file }] of paths) {
      const fd = openPath(path);
      if (fd < 0) continue;
      const status = addRule(RULE_PATH, folder, fd) && addRule(RULE_PATH, file, fd);
      closeSync(fd);
      demand(`landlock_add_rule for ${path}`, status);
    }
    for (const [port, access] of ports)
      demand(`landlock_add_rule for port ${port}`, addRule(RULE_PORT, access, port));
    return ruleset;
  } catch (error) {
    closeSync(ruleset);
    throw error;
  }
}

/** Lists the calls by which a process enters the wall. @param ruleset its descriptor, and the launcher's is the next */
function listCalls(ruleset: number, makesDevices: boolean): LauncherCall[] {
  const { prctl, seccomp, landlock_restrict_self: restrictSelf, close } = systemCalls;
  const isDropped = (capability: number): boolean =>
    !(KEPT_CAPABILITIES.includes(capability) || (makesDevices && capability === CAP_MKNOD));
  const filter = assembleFilter(null);
  return [
    // Refused to ordinary users, who have none.
    ...Array.from({ length: CAPABILITIES_END }, (_, capability) => capability)
      .filter(isDropped)
      .map((capability) => ({ name: null, number: prctl, args: [PR_CAPBSET_DROP, capability] })),
    { name: 'prctl', number: prctl, args: [PR_SET_NO_NEW_PRIVS, 1] },
    ...(filter === null
      ? []
      : [
          {
            name: 'seccomp',
            number: seccomp,
            args: [SECCOMP_SET_MODE_FILTER, 0, toProgram(filter)],
          },
        ]),
    { name: 'landlock_restrict_self', number: restrictSelf, args: [ruleset, 0] },
    ...[ruleset, ruleset + 1].map((fd) => ({ name: null, number: close, args: [fd] })),
  ];
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

/** Makes a struct sock_fprog: the number of instructions, and their address. */
const toProgram = (filter: Uint8Array) => [filter.length / 8, filter] as const;

/**
 * Refuses system calls to all threads of this process from now on: it starts no program, and signals no other process.
 * @returns null, or the reason why the kernel does not
 */
export function closeDoor(policy: FilterPolicy): string | null {
  const filter = assembleFilter(policy);
  if (filter === null) return `no filter of system calls is known for ${process.arch}`;
  const [length] = toProgram(filter);
  const program = BigUint64Array.of(BigInt(length), addressOf(filter));
  const status =
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
    seccomp(SECCOMP_SET_MODE_FILTER, FILTER_FLAGS, new Uint8Array(program.buffer));
  if (status === 0) return null;
  return `seccomp: ${status < 0 ? errnoName(-status) : `thread ${status} has another filter`}`;
}
