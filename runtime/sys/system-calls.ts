/**
 * Lists the numbers of system calls that are made by number. Those before Linux 5.1 differ between x86-64 and the
 * machines that share a table (arm64, riscv64, loong64); later ones are the same everywhere.
 *
 * Sources: Linux arch/x86/entry/syscalls/syscall_64.tbl, include/uapi/asm-generic/unistd.h.
 */

/** The number on x86-64, and on the machines with the shared table. */
export const SYSTEM_CALLS = {
  close: [3, 57],
  prctl: [157, 167],
  seccomp: [317, 277],
  getdents64: [217, 61],
  mknodat: [259, 33],
  close_range: [436, 436],
  openat2: [437, 437],
  landlock_create_ruleset: [444, 444],
  landlock_add_rule: [445, 445],
  landlock_restrict_self: [446, 446],
  fchmodat2: [452, 452],
} as const satisfies Record<string, readonly [x64: number, shared: number]>;

const column = process.arch === 'x64' ? 0 : 1;

/** The numbers on this machine. */
export const systemCalls = Object.fromEntries(
  Object.entries(SYSTEM_CALLS).map(([name, numbers]) => [name, numbers[column]]),
) as { readonly [N in keyof typeof SYSTEM_CALLS]: number };
