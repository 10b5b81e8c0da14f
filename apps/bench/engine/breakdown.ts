/**
 * Where the time of one request goes, from a CPU profile of the server. Pure.
 *
 * A profile (V8's `.cpuprofile`) says every fraction of a millisecond which function ran. What ran
 * in rounds of requests is counted by the part of the way that it belongs to: by its file, or that of
 * its caller where it has none. Samples count time in which the server waited for a CPU, too; so all
 * together they are given no more than the CPU time that it had. The profile makes the server
 * slower: the parts are scaled to the CPU time that a request takes without it. The rest of the time
 * that a request takes without it, from the client's system call and back, is the kernel's: FUSE,
 * waking the server and the client, and waiting.
 *
 * So the parts add up to the mean of a request, but where there is a contradiction: they would be
 * more than it, or the rounds with the profile are not like those without. Then there is no
 * breakdown, and a reason. How exact a part is, the rounds tell that the profile is cut into.
 */
import { relative } from './numbers.ts';
import type { Measured } from './schema.ts';

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string };
  readonly children?: readonly number[];
}

/** The Chrome DevTools protocol's Profiler.Profile; times are microseconds of the monotonic clock. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly startTime: number;
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** A round while the profile is taken. */
export interface Window {
  /** Of `process.hrtime`, microseconds. */
  readonly from: number;
  readonly to: number;
  readonly requests: number;
  /** CPU time that the server had, microseconds. */
  readonly cpu: number;
  /** Nanoseconds that a request took. */
  readonly mean: number;
}

/** A request in the rounds without a profile. */
export interface Request {
  /** Nanoseconds from the client's system call until its answer. */
  readonly mean: number;
  /** Nanoseconds of the server's CPU time. */
  readonly cpu: number;
}

export const KERNEL = 'kernel and FUSE';

/** In the order of a request's way. */
const parts = [
  KERNEL,
  'decode',
  'graph',
  'crossing',
  'script',
  'storage',
  'reply',
  'other',
] as const;
type Part = (typeof parts)[number];

/** Belongs to whoever calls it. */
const BY_CALLER = /\/runtime\/sys\/|^node:|^$/;
/** A system call of the mount, such as the one that replies and wakes the client, is the kernel's. */
const SYSTEM_CALL = /\/runtime\/sys\//;
const OF_MOUNT: readonly Part[] = ['decode', 'reply'];

/** The first that fits says which part a function is of. */
const rules: readonly (readonly [url: RegExp, name: RegExp, part: Part])[] = [
  [/\/pump\/pump\./, /./, KERNEL],
  [/\/mount\//, /encode|send|reply|answer|Cbk$/i, 'reply'],
  [/\/mount\//, /./, 'decode'],
  [/\/xlators\/storage\//, /./, 'storage'],
  [/\/xlators\/debug\//, /./, 'graph'],
  [/\/xlators\/|\/gluster\/(protocol|cluster)\//, /./, 'script'],
  [/^wasm:/, /./, 'script'],
  [/\/bridges\/|pyodide|quickjs/, /./, 'crossing'],
  [/\/(runtime|gluster|server|terminal|apps|cli)\//, /./, 'graph'],
];

/** The engine's own work, which is nobody's, and what is no work. */
const special: Readonly<Record<string, Part | null>> = {
  '(idle)': null,
  '(program)': 'other',
  '(garbage collector)': 'other',
  'js-to-wasm': 'crossing',
  'wasm-to-js': 'crossing',
};

function partOf(
  id: number,
  nodes: ReadonlyMap<number, ProfileNode>,
  parents: Parents,
): Part | null {
  let inCall = false;
  for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
    const { functionName, url } = nodes.get(at)!.callFrame;
    const known = special[functionName.split(':')[0]!];
    if (known !== undefined) return known;
    inCall ||= SYSTEM_CALL.test(url);
    if (BY_CALLER.test(url)) continue;
    const rule = rules.find(([file, name]) => file.test(url) && name.test(functionName || ' '));
    // A module of somebody's own, which the process itself runs.
    const part = rule?.[2] ?? 'script';
    return inCall && OF_MOUNT.includes(part) ? KERNEL : part;
  }
  return 'other';
}

type Parents = ReadonlyMap<number, number>;

/** How much longer or shorter a request may take with the profile, as a factor. */
const ALIKE = 2;
/** Rounds that are needed to tell how exact the parts are. */
const WINDOWS_MIN = 3;
/** Student's t for 95 %, by the number of rounds; of more, that of ten. */
const STUDENT = [0, 0, 12.7, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26] as const;
/** What is not seen in so many samples is less than three of them, with 95 % (the rule of three). */
const UNSEEN = 3;

type Parts = Measured['breakdown'];
export type Breakdown = { readonly parts: Parts } | { readonly refused: string };

/** @param windows of one length, each with requests */
export function breakdownOf(
  profile: CpuProfile,
  windows: readonly Window[],
  request: Request,
): Breakdown {
  const took = windows.map((window) => sampledIn(profile, window));
  if (windows.length < WINDOWS_MIN || took.some(({ times }) => times.size === 0)) {
    return { refused: 'the profile has too little of the requests' };
  }
  const slower = mean(windows.map((window) => window.mean)) / request.mean;
  if (Math.max(slower, 1 / slower) > ALIKE) {
    return {
      refused: `with the profile a request took ${relative(slower)} times as long as without it`,
    };
  }
  const served = parts.filter((part) => part !== KERNEL);
  const found = served.map((part) => {
    const perRequest = took.map(({ times }, i) =>
      perRequestOf(times.get(part) ?? 0, took[i]!.sampled, windows[i]!, request),
    );
    const nanoseconds = mean(perRequest);
    const error = nanoseconds > 0 ? errorOf(perRequest) : unseenIn(took, windows, request);
    return { part, nanoseconds, error };
  });
  const sum = found.reduce((all, { nanoseconds }) => all + nanoseconds, 0);
  const error = Math.hypot(...found.map((it) => it.error));
  const rest = request.mean - sum;
  if (rest < -error) {
    const [parts, whole] = [sum, request.mean].map((it) => `${relative(it / 1e3)} µs`);
    return { refused: `the parts would be ${parts} together, of a request of ${whole}` };
  }
  const kernel = { part: KERNEL, nanoseconds: Math.max(0, rest), error };
  return { parts: [kernel, ...found] };
}

/** What was sampled in a round, microseconds: of each part but the kernel's, and of these together. */
interface Sampled {
  readonly times: ReadonlyMap<Part, number>;
  readonly sampled: number;
  readonly stepUs: number;
}

function sampledIn(profile: CpuProfile, window: Window): Sampled {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map(
    profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)),
  );
  const times = new Map<Part, number>();
  let time = profile.startTime;
  let [sampled, all, count] = [0, 0, 0];
  for (const [i, id] of profile.samples.entries()) {
    const took = profile.timeDeltas[i]!;
    time += took;
    if (time < window.from || time > window.to) continue;
    all += took;
    count++;
    const part = partOf(id, nodes, parents);
    if (part === null) continue;
    times.set(part, (times.get(part) ?? 0) + took);
    if (part !== KERNEL) sampled += took;
  }
  return { times, sampled, stepUs: all / Math.max(1, count) };
}

/** Nanoseconds of a request without the profile, for microseconds that were sampled in a round. */
function perRequestOf(us: number, sampled: number, window: Window, request: Request): number {
  const had = Math.min(1, window.cpu / Math.max(1, sampled));
  const withProfile = (1e3 * window.cpu) / window.requests;
  return ((1e3 * us * had) / window.requests) * (request.cpu / Math.max(1, withProfile));
}

/** Half the interval in which the mean lies with 95 %. */
function errorOf(values: readonly number[]): number {
  const center = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - center) ** 2, 0);
  const deviation = Math.sqrt(squares / (values.length - 1));
  return (STUDENT[Math.min(values.length, 10)]! * deviation) / Math.sqrt(values.length);
}

/** What a part may take, at most, that no sample has seen. */
const unseenIn = (took: readonly Sampled[], windows: readonly Window[], request: Request): number =>
  (UNSEEN / windows.length) *
  mean(took.map(({ stepUs, sampled }, i) => perRequestOf(stepUs, sampled, windows[i]!, request)));

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
