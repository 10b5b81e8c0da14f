/**
 * Which CPUs the client and the servers run on. It decides more than code does: a request that
 * wakes another CPU costs several times one that stays on its own.
 */
import { readFileSync } from 'node:fs';
import { NotMeasured } from './not-measured.ts';

export const placements = ['same', 'different', 'free'] as const;
export type Placement = (typeof placements)[number];

export const placementTitles: Readonly<Record<Placement, string>> = {
  same: 'same CPU',
  different: 'different CPUs',
  free: 'unpinned',
};

/** `miss, same CPU`. */
export const workloadTitle = ({
  name,
  place,
}: {
  readonly name: string;
  readonly place: Placement;
}): string => `${name}, ${placementTitles[place]}`;

/** CPUs that this process may use, as `0-3,8`: the kernel's list format, see cpuset(7). */
export function allowedCpus(): string {
  return /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8'))![1]!;
}

export function parseCpuList(list: string): number[] {
  return list.split(',').flatMap((part) => {
    const [first, last = first] = part.split('-').map(Number);
    return Array.from({ length: last! - first! + 1 }, (_, i) => first! + i);
  });
}

export interface CpuAssignment {
  /** The one CPU of the load generator; null: it may run on all. */
  readonly client: number | null;
  /** The CPUs of the servers, as a list. */
  readonly servers: string;
}

/** The client has the last CPU allowed, which is less busy than the first. @throws {NotMeasured} */
export function assignCpus(place: Placement, allowed: string): CpuAssignment {
  if (place === 'free') return { client: null, servers: allowed };
  const cpus = parseCpuList(allowed);
  const client = cpus.at(-1)!;
  const server = place === 'same' ? client : cpus[0]!;
  if (place === 'different' && server === client) throw new NotMeasured('there is only one CPU');
  return { client, servers: String(server) };
}

/** All of them together, as a list. */
export const cpusOf = ({ client, servers }: CpuAssignment): string =>
  client === null ? servers : [...new Set([client, ...parseCpuList(servers)])].join(',');
