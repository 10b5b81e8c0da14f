/**
 * Assembles the seccomp filter of a confined server: a BPF program that refuses system calls which a server does not make.
 * Landlock restricts files and TCP; this restricts programs, signals, sockets and the kernel's own interfaces. It lists
 * the refused calls: a list of the allowed ones would break when an update of Node, V8 or libc makes another harmless call.
 *
 * Sources: seccomp(2), Linux include/uapi/linux/filter.h, and the tables of runtime/sys/system-calls.ts.
 */

/** The server's needs that the filter depends on. */
export interface FilterPolicy {
  /** The process whose signals and limits the server may set: itself. */
  readonly pid: number;
  /** Whether it connects to other servers. */
  readonly connects: boolean;
  /** Whether it makes UNIX sockets. With `connects`, it could connect to those of other programs. */
  readonly makesUnixSockets: boolean;
  /** Whether it resolves names of hosts, by UDP. */
  readonly resolvesNames: boolean;
  readonly makesDevices: boolean;
}

/** Calls by which a server is started, and which it never makes itself. */
const STARTING = 'execve 59 221, execveat 322 281, fork 57 -, vfork 58 -';

/** Calls that a server never makes: name, number on x86-64, number on arm64 (- without one; none: the same). */
const NEVER_MADE = `
  ptrace 101 117, process_vm_readv 310 270, process_vm_writev 311 271, process_madvise 440, process_mrelease 448, kcmp 312 272, pidfd_open 434, pidfd_getfd 438,
  pidfd_send_signal 424, migrate_pages 256 238, move_pages 279 239, tkill 200 130, rt_sigqueueinfo 129 138,
  rt_tgsigqueueinfo 297 240, sched_setparam 142 118, sched_setscheduler 144 119, sched_setattr 314 274,
  mount 165 40, umount2 166 39, pivot_root 155 41, chroot 161 51, setns 308 268, unshare 272 97, open_tree 428,
  move_mount 429, fsopen 430, fsconfig 431, fsmount 432, fspick 433, mount_setattr 442, open_tree_attr 467,
  swapon 167 224, swapoff 168 225, quotactl 179 60, quotactl_fd 443, fanotify_init 300 262,
  reboot 169 142, sethostname 170 161, setdomainname 171 162, init_module 175 105, finit_module 313 273,
  delete_module 176 106, kexec_load 246 104, kexec_file_load 320 294, acct 163 89, syslog 103 116,
  settimeofday 164 170, clock_settime 227 112, clock_adjtime 305 266, adjtimex 159 171, iopl 172 -, ioperm 173 -,
  modify_ldt 154 -, personality 135 92, vhangup 153 58, nfsservctl 180 42, lookup_dcookie 212 18,
  bpf 321 280, perf_event_open 298 241, userfaultfd 323 282, io_uring_setup 425, io_uring_enter 426,
  io_uring_register 427, add_key 248 217, request_key 249 218, keyctl 250 219,
  shmget 29 194, shmat 30 196, msgget 68 186, msgsnd 69 189, msgrcv 70 188, semget 64 190, semop 65 193,
  semtimedop 220 192, mq_open 240 180`;

/**
 * Lists the calls that are refused for some arguments: after the colon, alternatives of conditions on the low 32 bits of
 * arguments a0 to a5. Numbers are from the headers of Linux; families 1, 2, 10 and 16 are UNIX, IPv4, IPv6 and netlink.
 */
function listConditional(policy: FilterPolicy): string[] {
  const { pid, connects, makesUnixSockets, resolvesNames, makesDevices } = policy;
  const families = makesUnixSockets ? '1,2,10,16' : '2,10,16';
  const isDevice = `= ${0o020000},${0o060000}`;
  return [
    // Signals, limits and priorities of others.
    `kill 62 129: a0 != ${pid}`,
    `tgkill 234 131: a0 != ${pid}`,
    `prlimit64 302 261: a0 != 0,${pid}`,
    `setpriority 141 140: a0 != 0; a1 != 0,${pid}`,
    `ioprio_set 251 30: a1 != 0,${pid}`,
    // Without CLONE_THREAD. The flags of clone3 are in memory, so it is missing (below), and libc takes clone.
    `clone 56 220: a0&${0x10000} = 0`,
    // F_SETOWN, F_SETSIG, F_SETOWN_EX; TIOCSTI, TIOCLINUX, FIOSETOWN, SIOCSPGRP.
    'fcntl 72 25: a1 = 8,10,15',
    `ioctl 16 29: a1 = ${[0x5412, 0x541c, 0x8901, 0x8902].join(',')}`,
    // Landlock restricts TCP alone. Names are resolved by UDP; the C library lists addresses by netlink. A socket of
    // datagrams, even of a pair, could be connected to any.
    `socket 41 198: a0 != ${families}; a0 = 1 and a1&15 != 1; a0 = 16 and a2 != 0; a0 = 2,10 and a2 != 0,6,17; ` +
      `a0 = 2,10 and a1&15 != ${resolvesNames ? '1,2' : '1'}`,
    'socketpair 53 199: a0 != 1; a1&15 != 1',
    ...(connects || resolvesNames ? [] : ['connect 42 203']),
    // MSG_FASTOPEN connects, too.
    `sendto 44 206: a3&${0x2000_0000} != 0`,
    `sendmsg 46 211: a2&${0x2000_0000} != 0`,
    `sendmmsg 307 269: a3&${0x2000_0000} != 0`,
    ...(makesDevices
      ? []
      : [`mknod 133 -: a1&${0o170000} ${isDevice}`, `mknodat 259 33: a2&${0o170000} ${isDevice}`]),
  ];
}

const CLONE3 = 435;
/** The first number after Linux 6.18's: later calls are refused as missing, as are those of x86-64's x32 interface. */
const NUMBERS_END = 470;
const [EPERM, ENOSYS] = [1, 38];

/** An instruction: operation, jumps if true and if false (in instructions), operand. */
type Instruction = readonly [code: number, whenTrue: number, whenFalse: number, operand: number];

/** Loads a word of struct seccomp_data: the number at 0, the machine at 4, arguments of 8 bytes from 16 on. */
const load = (offset: number): Instruction => [0x20, 0, 0, offset];
const jumpIfEqual = (value: number, whenTrue: number, whenFalse: number): Instruction => [
  ...([0x15, whenTrue, whenFalse, value] as const),
];
const ALLOW: Instruction = [0x06, 0, 0, 0x7fff_0000];
const refuse = (errno: number): Instruction => [0x06, 0, 0, 0x0005_0000 | errno];

/** Compiles conditions that must all hold: the last instruction refuses; a condition that fails jumps behind it. */
function compileConditions(text: string): Instruction[] {
  const code: Instruction[] = [refuse(EPERM)];
  for (const condition of text.split(' and ').reverse()) {
    const [, argument, mask, relation, list] = /^a(\d)(?:&(\d+))? (!?=) ([\d,]+)$/.exec(condition)!;
    // `code.length` leads behind the refusal.
    const [whenEqual, otherwise] = relation === '=' ? [0, code.length] : [code.length, 0];
    const values = list!.split(',').map(Number);
    const tests = values.map((value, i): Instruction => {
      const left = values.length - 1 - i;
      return jumpIfEqual(value, left + whenEqual, left === 0 ? otherwise : 0);
    });
    const masking: Instruction[] = mask === undefined ? [] : [[0x54, 0, 0, Number(mask)]];
    code.unshift(load(16 + 8 * Number(argument)), ...masking, ...tests);
  }
  return code;
}

/** The machines in the table, with AUDIT_ARCH_X86_64 and AUDIT_ARCH_AARCH64. */
const MACHINES: Readonly<Record<string, readonly [column: number, id: number]>> = {
  x64: [0, 0xc000_003e],
  arm64: [1, 0xc000_00b7],
};

/**
 * Assembles the filter as an array of struct sock_filter; null for a machine without a table.
 * @param policy null for the filter under which a server starts, as libuv decides then whether there is io_uring
 */
export function assembleFilter(
  policy: FilterPolicy | null,
  machine: string = process.arch,
): Buffer | null {
  if (MACHINES[machine] === undefined) return null;
  const [column, id] = MACHINES[machine];
  const program = [load(4), jumpIfEqual(id, 1, 0), refuse(EPERM), load(0)];
  program.push(
    [0x35, 0, 1, NUMBERS_END],
    refuse(ENOSYS),
    jumpIfEqual(policy === null ? NUMBERS_END : CLONE3, 0, 1),
    refuse(ENOSYS),
  );
  const refused = policy === null ? NEVER_MADE : `${STARTING},${NEVER_MADE}`;
  for (const row of [...refused.split(','), ...(policy ? listConditional(policy) : [])]) {
    const [call, conditions] = row.trim().split(': ');
    const [, ...numbers] = call!.split(' ');
    const number = Number(numbers[column] ?? numbers[0]);
    if (Number.isNaN(number)) continue;
    // A test of arguments replaces the number in the accumulator, so that its end must allow.
    const body = conditions
      ? [...conditions.split('; ').flatMap(compileConditions), ALLOW]
      : [refuse(EPERM)];
    program.push(jumpIfEqual(number, 0, body.length), ...body);
  }
  program.push(ALLOW);
  const bytes = Buffer.alloc(program.length * 8);
  for (const [i, [code, whenTrue, whenFalse, operand]] of program.entries()) {
    bytes.writeUInt16LE(code, i * 8);
    bytes.writeUInt8(whenTrue, i * 8 + 2);
    bytes.writeUInt8(whenFalse, i * 8 + 3);
    bytes.writeUInt32LE(operand >>> 0, i * 8 + 4);
  }
  return bytes;
}
