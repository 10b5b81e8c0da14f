import { describe, expect, it } from 'vitest';
import { MeasurementError } from './measurement-error.ts';
import { assignCpus, parseCpuList, readAllowedCpus } from './placement.ts';

describe('parseCpuList', () => {
  it('reads single CPUs and ranges', () => {
    expect(parseCpuList('3')).toEqual([3]);
    expect(parseCpuList('0-2,7,10-11')).toEqual([0, 1, 2, 7, 10, 11]);
  });

  it('reads the list of CPUs that this process may use', () => {
    expect(parseCpuList(readAllowedCpus()).every(Number.isInteger)).toBe(true);
  });
});

describe('assignCpus', () => {
  it('puts client and servers on one CPU, on two, or on any', () => {
    expect(assignCpus('same', '0-3')).toEqual({ client: 3, servers: '3' });
    expect(assignCpus('different', '0-3')).toEqual({ client: 3, servers: '0' });
    expect(assignCpus('free', '0-3')).toEqual({ client: null, servers: '0-3' });
  });

  it('refuses two CPUs on a machine with one', () => {
    expect(() => assignCpus('different', '5')).toThrow(MeasurementError);
    expect(assignCpus('same', '5')).toEqual({ client: 5, servers: '5' });
  });
});
