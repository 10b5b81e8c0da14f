/** The filter of system calls, run by an interpreter of BPF for each machine. */
import { describe, expect, it } from 'vitest';
import { assembleFilter, type FilterPolicy } from './system-call-filter.ts';

const PID = 4321;
const CLOSED: FilterPolicy = {
  pid: PID,
  connects: false,
  makesUnixSockets: true,
  resolvesNames: false,
  makesDevices: false,
};
const MACHINES = { x64: 0xc000_003e, arm64: 0xc000_00b7 } as const;
type Machine = keyof typeof MACHINES;

/** Runs the filter on struct seccomp_data. Throws at an instruction that leads out of the program. */
function runFilter(
  filter: Buffer,
  machine: number,
  number: number,
  args: readonly number[],
): string {
  const data = Buffer.alloc(64);
  data.writeUInt32LE(number >>> 0, 0);
  data.writeUInt32LE(machine, 4);
  for (const [i, argument] of args.entries()) data.writeBigInt64LE(BigInt(argument), 16 + 8 * i);
  let accumulator = 0;
  for (let at = 0; ; at += 1) {
    const [code, ifTrue, ifFalse] = [
      filter.readUInt16LE(8 * at),
      filter.readUInt8(8 * at + 2),
      filter.readUInt8(8 * at + 3),
    ];
    const operand = filter.readUInt32LE(8 * at + 4);
    if (code === 0x20) accumulator = data.readUInt32LE(operand);
    else if (code === 0x54) accumulator = (accumulator & operand) >>> 0;
    else if (code === 0x15) at += accumulator === operand ? ifTrue : ifFalse;
    else if (code === 0x35) at += accumulator >= operand ? ifTrue : ifFalse;
    else if (code === 0x06)
      return operand === 0x7fff_0000 ? 'allowed' : `errno ${operand & 0xffff}`;
    else throw new Error(`instruction ${code} at ${at}`);
  }
}

const call = (
  machine: Machine,
  number: number,
  args: readonly number[] = [],
  policy: Partial<FilterPolicy> = {},
): string =>
  runFilter(assembleFilter({ ...CLOSED, ...policy }, machine)!, MACHINES[machine], number, args);

/** Name, numbers, arguments, and the reply. */
const ROWS: readonly [string, Record<Machine, number>, readonly number[], string][] = [
  ['read', { x64: 0, arm64: 63 }, [3], 'allowed'],
  ['openat', { x64: 257, arm64: 56 }, [], 'allowed'],
  ['futex', { x64: 202, arm64: 98 }, [], 'allowed'],
  ['execve', { x64: 59, arm64: 221 }, [], 'errno 1'],
  ['mount', { x64: 165, arm64: 40 }, [], 'errno 1'],
  ['bpf', { x64: 321, arm64: 280 }, [], 'errno 1'],
  ['io_uring_setup', { x64: 425, arm64: 425 }, [], 'errno 1'],
  ['clone of a thread', { x64: 56, arm64: 220 }, [0x3d0f00], 'allowed'],
  ['clone of a process', { x64: 56, arm64: 220 }, [17], 'errno 1'],
  ['clone3', { x64: 435, arm64: 435 }, [], 'errno 38'],
  ['a call of the future', { x64: 470, arm64: 470 }, [], 'errno 38'],
  ['kill of itself', { x64: 62, arm64: 129 }, [PID, 9], 'allowed'],
  ['kill of another', { x64: 62, arm64: 129 }, [1, 9], 'errno 1'],
  ['kill of its group', { x64: 62, arm64: 129 }, [0, 9], 'errno 1'],
  ['kill of all', { x64: 62, arm64: 129 }, [-1, 9], 'errno 1'],
  ['tgkill of itself', { x64: 234, arm64: 131 }, [PID, PID + 1, 6], 'allowed'],
  ['tgkill of another', { x64: 234, arm64: 131 }, [PID + 1, PID + 1, 6], 'errno 1'],
  ['own limits', { x64: 302, arm64: 261 }, [0, 7], 'allowed'],
  ['limits of another', { x64: 302, arm64: 261 }, [1, 7], 'errno 1'],
  ['F_DUPFD', { x64: 72, arm64: 25 }, [3, 0], 'allowed'],
  ['F_SETOWN', { x64: 72, arm64: 25 }, [3, 8, 1], 'errno 1'],
  ['FIONREAD', { x64: 16, arm64: 29 }, [3, 0x541b], 'allowed'],
  ['TIOCSTI', { x64: 16, arm64: 29 }, [3, 0x5412], 'errno 1'],
  ['a socket of TCP', { x64: 41, arm64: 198 }, [2, 0x80801, 0], 'allowed'],
  ['a socket of TCP by IPv6', { x64: 41, arm64: 198 }, [10, 1, 6], 'allowed'],
  ['a socket of UDP', { x64: 41, arm64: 198 }, [2, 0x80802, 0], 'errno 1'],
  ['a raw socket', { x64: 41, arm64: 198 }, [2, 3, 1], 'errno 1'],
  ['multipath TCP', { x64: 41, arm64: 198 }, [2, 1, 262], 'errno 1'],
  ['a UNIX socket', { x64: 41, arm64: 198 }, [1, 1, 0], 'allowed'],
  ['a UNIX socket of datagrams', { x64: 41, arm64: 198 }, [1, 2, 0], 'errno 1'],
  ['routes by netlink', { x64: 41, arm64: 198 }, [16, 0x80003, 0], 'allowed'],
  ['events by netlink', { x64: 41, arm64: 198 }, [16, 0x80003, 15], 'errno 1'],
  ['a packet socket', { x64: 41, arm64: 198 }, [17, 3, 0], 'errno 1'],
  ['a pair of streams', { x64: 53, arm64: 199 }, [1, 0x80001, 0], 'allowed'],
  ['a pair of datagrams', { x64: 53, arm64: 199 }, [1, 2, 0], 'errno 1'],
  ['connect', { x64: 42, arm64: 203 }, [3], 'errno 1'],
  ['sendto', { x64: 44, arm64: 206 }, [3, 0, 1, 0x4000], 'allowed'],
  ['sendto that connects', { x64: 44, arm64: 206 }, [3, 0, 1, 0x20004000], 'errno 1'],
  ['mknodat of a pipe', { x64: 259, arm64: 33 }, [-100, 0, 0o010644], 'allowed'],
  ['mknodat of a disk', { x64: 259, arm64: 33 }, [-100, 0, 0o060600], 'errno 1'],
];

describe.each(['x64', 'arm64'] as const)('the filter of %s', (machine) => {
  it.each(ROWS)('%s', (_name, numbers, args, reply) => {
    expect(call(machine, numbers[machine], args)).toBe(reply);
  });

  it('refuses the calls of another machine', () => {
    const filter = assembleFilter(CLOSED, machine)!;
    expect(runFilter(filter, 0x4000_0003, 0, [])).toBe('errno 1');
  });

  it("has a reply for each number, below the kernel's limit of 4,096 instructions", () => {
    const filter = assembleFilter(CLOSED, machine)!;
    expect(filter.length).toBeLessThan(8 * 4096);
    for (let number = -1; number < 600; number += 1)
      expect(runFilter(filter, MACHINES[machine], number, [])).toMatch(/allowed|errno/);
  });

  it('opens with the policy what a server needs, and no more', () => {
    const [socket, connect] = machine === 'x64' ? [41, 42] : [198, 203];
    const client = { connects: true, makesUnixSockets: false };
    expect(call(machine, connect, [3], client)).toBe('allowed');
    expect(call(machine, socket, [1, 1, 0], client)).toBe('errno 1');
    expect(call(machine, socket, [2, 2, 0], { resolvesNames: true })).toBe('allowed');
    expect(call(machine, socket, [2, 3, 1], { resolvesNames: true })).toBe('errno 1');
    const mknodat = machine === 'x64' ? 259 : 33;
    expect(call(machine, mknodat, [-100, 0, 0o060600], { makesDevices: true })).toBe('allowed');
  });
});

it('a server starts by execve and clone, and without io_uring from its first instruction', () => {
  const filter = assembleFilter(null, 'x64')!;
  const reply = (number: number): string => runFilter(filter, MACHINES.x64, number, []);
  expect([59, 56, 435, 41].map(reply)).toEqual(Array(4).fill('allowed'));
  expect([425, 165, 321].map(reply)).toEqual(Array(3).fill('errno 1'));
});

it('a call of the x32 interface is missing', () => {
  expect(call('x64', 0x4000_0000 + 59)).toBe('errno 38');
});

it('another machine has no filter', () => {
  expect(assembleFilter(CLOSED, 'riscv64')).toBeNull();
});
