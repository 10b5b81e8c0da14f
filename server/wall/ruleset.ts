/**
 * Translates a server's reach into the rules of Landlock, for each version of its interface (ABI). Pure: `confinement.ts`
 * gives them to the kernel.
 *
 * Source: Linux Documentation/userspace-api/landlock.rst, include/uapi/linux/landlock.h.
 */
import { dirname } from 'node:path';
import type { Reach } from '../../runtime/core/reach.ts';

/** Accesses to files, and the ABI that has them: EXECUTE to MAKE_SYM have bits 0 to 12. */
const EXECUTE = 1n << 0n;
const WRITE_FILE = 1n << 1n;
const READ = (1n << 2n) | (1n << 3n);
const MAKE_DEVICES = (1n << 6n) | (1n << 11n);
const FIRST_ACCESSES = (1n << 13n) - 1n;
const LATER_ACCESSES: readonly (readonly [abi: number, access: bigint])[] = [
  [2, 1n << 13n], // REFER: links and renames between folders
  [3, 1n << 14n], // TRUNCATE
  [5, 1n << 15n], // IOCTL_DEV
];
/** REMOVE_FILE and MAKE_SOCK. */
const OF_SOCKETS = (1n << 5n) | (1n << 9n);
/** The accesses that a rule for a file may have. */
const OF_FILES = EXECUTE | WRITE_FILE | (1n << 2n) | (1n << 14n) | (1n << 15n);

const BIND_TCP = 1n;
const CONNECT_TCP = 2n;
/** ABI with rules for TCP, and with scopes for abstract sockets and signals. */
export const TCP_ABI = 4;
export const SCOPE_ABI = 6;
const ALL_SCOPES = 3n;

/** The arguments of `landlock_create_ruleset` and `landlock_add_rule`. */
export interface Ruleset {
  /** struct landlock_ruleset_attr, as long as the ABI has it. */
  readonly attribute: Buffer;
  /** Accesses by path: of a folder, and of a file in its place. */
  readonly paths: ReadonlyMap<string, { readonly folder: bigint; readonly file: bigint }>;
  /** Accesses by TCP port. */
  readonly ports: ReadonlyMap<number, bigint>;
}

/** Makes the rules. @param makesDevices whether device files may be made in folders to write */
export function makeRuleset(reach: readonly Reach[], abi: number, makesDevices = false): Ruleset {
  const handled = LATER_ACCESSES.reduce(
    (all, [since, access]) => (abi >= since ? all | access : all),
    FIRST_ACCESSES,
  );
  // The kernel opens a program of a mount in the server's name (passthrough); the filter keeps the server from running it.
  const write = handled & ~READ & ~(makesDevices ? 0n : MAKE_DEVICES);
  const accesses = { read: READ, write, execute: READ | EXECUTE, connect: 0n, listen: OF_SOCKETS };
  const paths = new Map<string, bigint>();
  const ports = new Map<number, bigint>();
  let handledPorts = BIND_TCP | CONNECT_TCP;
  for (const { access, target } of reach) {
    if ('path' in target) {
      // A server makes its socket in the folder, and removes it at the end.
      const path = access === 'listen' ? dirname(target.path) : target.path;
      paths.set(path, (paths.get(path) ?? 0n) | accesses[access]);
      continue;
    }
    const right = access === 'listen' ? BIND_TCP : CONNECT_TCP;
    // Another server names the port, which no rule can.
    if (access === 'connect' && target.port === 0) handledPorts &= ~CONNECT_TCP;
    ports.set(target.port, (ports.get(target.port) ?? 0n) | right);
  }
  const words = [handled];
  if (abi >= TCP_ABI) words.push(handledPorts);
  if (abi >= SCOPE_ABI) words.push(ALL_SCOPES);
  const attribute = Buffer.alloc(8 * words.length);
  for (const [i, word] of words.entries()) attribute.writeBigUInt64LE(word, 8 * i);
  const rules = [...paths].filter(([, access]) => access !== 0n);
  return {
    attribute,
    paths: new Map(rules.map(([path, folder]) => [path, { folder, file: folder & OF_FILES }])),
    ports: new Map(
      [...ports].flatMap(([port, access]) => {
        const right = abi >= TCP_ABI ? access & handledPorts : 0n;
        return right === 0n ? [] : [[port, right] as const];
      }),
    ),
  };
}
