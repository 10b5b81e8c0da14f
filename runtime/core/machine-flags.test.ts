import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fops } from './fops.ts';
import { ARM_FLAGS, findOpenFlagsIndex, makeFlagConverters } from './machine-flags.ts';
import { O_CREAT, O_DIRECT, O_DIRECTORY, O_NOFOLLOW, O_RDWR, O_SYNC } from './open-flags.ts';

const arm = makeFlagConverters('arm64');
const anyFlags = fc.integer({ min: 0, max: 0x7fff_ffff });

describe('open flags of a machine', () => {
  it.each(['x64', 'arm', 'arm64', 'aarch64', 'riscv64', ''])(
    'every set of flags of %s, known or unknown, converts to the graph and back',
    (machine) => {
      const { toGraph, toMachine } = makeFlagConverters(machine);
      fc.assert(
        fc.property(anyFlags, (flags) => {
          expect(toMachine(toGraph(flags))).toBe(flags);
          expect(toGraph(toMachine(flags))).toBe(flags);
        }),
      );
    },
  );

  it('two sets of flags of ARM never become the same flags of the graph', () => {
    fc.assert(
      fc.property(anyFlags, anyFlags, (one, other) => {
        expect(arm.toGraph(one | other)).toBe(arm.toGraph(one) | arm.toGraph(other));
        expect(arm.toGraph(one) === arm.toGraph(other)).toBe(one === other);
      }),
    );
  });

  it('bits that are no differing flag pass unchanged', () => {
    const differing = ARM_FLAGS.reduce((mask, [flag, own]) => mask | flag | own, 0);
    fc.assert(
      fc.property(anyFlags, (flags) => {
        expect(arm.toGraph(flags) & ~differing).toBe(flags & ~differing);
      }),
    );
  });

  it("ARM's O_DIRECTORY, O_NOFOLLOW and O_DIRECT become the graph's", () => {
    expect(arm.toGraph(O_RDWR | 0o40000)).toBe(O_RDWR | O_DIRECTORY);
    expect(arm.toGraph(O_CREAT | 0o100000)).toBe(O_CREAT | O_NOFOLLOW);
    expect(arm.toGraph(O_SYNC | 0o200000)).toBe(O_SYNC | O_DIRECT);
  });

  it('a machine with the numbers of the graph has one function, which returns its argument', () => {
    const { toGraph, toMachine } = makeFlagConverters('x64');
    expect(toGraph).toBe(toMachine);
    expect(makeFlagConverters('riscv64').toGraph).toBe(toGraph);
  });

  it('the fops with open flags are those that open a file or have its flags', () => {
    const names = fops.filter((row) => findOpenFlagsIndex(row) >= 0).map(({ name }) => name);
    expect(names).toEqual(['open', 'readv', 'writev', 'create', 'put']);
  });
});
