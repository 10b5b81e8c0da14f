/**
 * Assigns CPUs to the clients and the servers. The placement can matter more than the code: a
 * request that wakes another CPU takes several times as long as one that stays on its CPU.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { MeasurementError } from './measurement-error.ts';

/**
 * The placements of clients and servers: on the `same` CPU, on two `different` CPUs, or `free`,
 * which is on any CPU.
 */
export const placements = ['same', 'different', 'free'] as const;
export type Placement = (typeof placements)[number];

/** The titles of placements in reports. */
export const placementTitles: Readonly<Record<Placement, string>> = {
  same: 'same CPU',
  different: 'different CPUs',
  free: 'unpinned',
};

/** Formats the title of a workload in a placement: `miss, same CPU`. */
export const formatWorkloadTitle = ({
  name,
  place,
}: {
  readonly name: string;
  readonly place: Placement;
}): string => `${name}, ${placementTitles[place]}`;

/**
 * Reads the CPUs that this process may use, in the kernel's list format (cpuset(7)): `0-3,8`. Without
 * /proc, these are as many as Node counts, from 0.
 */
export function readAllowedCpus(): string {
  try {
    return /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8'))![1]!;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return `0-${availableParallelism() - 1}`;
  }
}

/** Parses the kernel's list format: `0-3,8`. */
export function parseCpuList(list: string): number[] {
  return list.split(',').flatMap((part) => {
    const [first, last = first] = part.split('-').map(Number);
    return Array.from({ length: last! - first! + 1 }, (_, i) => first! + i);
  });
}

/** The CPUs of clients and servers. */
export interface CpuAssignment {
  /** The CPU of the clients; null if they are not pinned. */
  readonly client: number | null;
  /** The CPUs of the servers, in the kernel's list format. */
  readonly servers: string;
}

/**
 * Assigns the CPUs. The clients get the last allowed CPU, because the first one is usually busier.
 * @param allowed in the kernel's list format
 * @throws {MeasurementError} if the placement needs two CPUs and there is one
 */
export function assignCpus(placement: Placement, allowed: string): CpuAssignment {
  if (placement === 'free') return { client: null, servers: allowed };
  const cpus = parseCpuList(allowed);
  const client = cpus.at(-1)!;
  const server = placement === 'same' ? client : cpus[0]!;
  if (placement === 'different' && server === client)
    throw new MeasurementError('there is only one CPU');
  return { client, servers: String(server) };
}

/** Lists the CPUs of client and servers in the kernel's format. */
export const formatCpuList = ({ client, servers }: CpuAssignment): string =>
  client === null ? servers : [...new Set([client, ...parseCpuList(servers)])].join(',');
