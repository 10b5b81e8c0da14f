/** Formats the sentences of a report: the summary, method, limits and warnings of a run. */
import { formatDuration } from '../../../../terminal/quantities.ts';
import { describeBusyness } from '../busy-sampler.ts';
import { formatAnswer } from '../comparison-text.ts';
import { formatHundredths, formatWhole } from '../numbers.ts';
import { formatWorkloadTitle } from '../placement.ts';
import type { Machine, Run, Workload } from '../schema.ts';
import { BLOCK_REQUESTS, CHANGE_MAX, COMPARED_BLOCKS } from '../steadiness.ts';
import { CONFIDENCE, ROUNDS_MIN, WIDTH_FACTOR_MAX } from '../verdict.ts';
import { FIRST_REQUESTS, WARM_UP_REQUESTS_MAX } from '../warm-up.ts';

/** Formats the first sentences of a report: a warning if the machine was busy, then comparisons. */
export const formatSummary = (run: Run): string[] => [
  ...formatBusyWarnings(run),
  ...formatComparisons(run),
];

/** Formats a warning for each workload that was measured on a busy machine. */
export function formatBusyWarnings({ workloads, machine }: Run): string[] {
  const sentences = workloads.flatMap((workload) => {
    const text = describeBusyness(workload.busy, machine.cpus);
    return text === null ? [] : [`Busy in ${formatWorkloadTitle(workload)}: ${text}.`];
  });
  return sentences.length === 0
    ? []
    : [...sentences, 'Times are longer there than on a quiet machine, and intervals wider.'];
}

/** Formats a sentence for each stack but the first: its comparison with the first. */
export function formatComparisons({ stacks, workloads }: Run): string[] {
  const [first, ...others] = stacks;
  return others.map(({ name }) => {
    const ratios = workloads.flatMap(
      ({ results }) => results.find(({ stack }) => stack === name)?.measured?.toFirst ?? [],
    );
    return formatAnswer(name, first!.name, ratios);
  });
}

/** Formats the sentence about CPU, memory, kernel, storage, load and versions. */
export function formatMachineSentence(machine: Machine): string {
  const { cpu, cpus, memoryBytes, kernel, load, storage, idlePollUs, versions } = machine;
  const programs = Object.entries(versions).map(
    ([name, version]) => `${name} ${version ?? 'missing'}`,
  );
  return (
    `${cpus} CPUs (${cpu}), ${formatWhole(memoryBytes / 1e9)} GB, Linux ${kernel}; files on ${storage}; ` +
    `${formatIdlePoll(idlePollUs ?? null)}load at the start ${load.map(formatHundredths).join(' ')}; ${programs.join(', ')}.`
  );
}

/** Formats how long an idle CPU of a virtual machine polls; empty if that is not known. */
function formatIdlePoll(us: number | null): string {
  if (us === null) return '';
  return us === 0
    ? 'idle CPUs halt at once; '
    : `idle CPUs poll ${formatWhole(us)} µs, then halt; `;
}

/** Formats the paragraphs about the method of measurement. */
export const formatMethodParagraphs = ({ workloads, seed, seconds }: Run): string[] => [
  `Each workload was measured in ${formatRange(workloads.flatMap(listRoundCounts))} rounds. A round measures ` +
    'every stack once, one after the other, and each round begins with another stack, so that what ' +
    'else the machine does falls on all of them alike. ' +
    `The order is drawn from the seed ${seed}. The whole took ${formatWhole(seconds)} seconds.`,
  ...(workloads.some(hasWarmUp) ? [STEADY_TEXT] : []),
  'A ratio compares the median request of two stacks round by round; the median of these ' +
    `comparisons is shown, and in brackets where it lies with ${100 * CONFIDENCE} % confidence ` +
    '(the interval of the sign test, and no narrower than what rounds of one stack show when ' +
    'they are compared with each other).',
  'There is a difference where that interval excludes 1, and nowhere else. Where 1 lies in it ' +
    `and its ends are more than a factor of ${WIDTH_FACTOR_MAX} apart, a large difference may hide in ` +
    `it: the verdict is “too noisy to conclude”. Fewer than ${ROUNDS_MIN} rounds are not compared.`,
  ...(workloads.some(({ plain }) => plain !== null) ? [PLAIN_DIRECTORY_TEXT] : []),
  'Every request counts, none is dropped: times are kept in histograms with three digits ' +
    '(HDR), which is how exact the percentiles are. Answers were checked while measuring.',
];

/** Explains when the rounds begin. */
const STEADY_TEXT =
  `The first ${FIRST_REQUESTS.toLocaleString('en')} requests of each fresh mount, or as many as fit into half the time ` +
  'of the warm-up, are a table of their own. Requests in blocks of ' +
  `${BLOCK_REQUESTS.toLocaleString('en')}, or of a round, follow until the stack is steady: until the ` +
  `median of the mean times of the last ${COMPARED_BLOCKS} blocks differs by ${100 * CHANGE_MAX} % at most ` +
  `from that of the ${COMPARED_BLOCKS} blocks before. A warm-up has at most ` +
  `${WARM_UP_REQUESTS_MAX.toLocaleString('en')} requests, and takes at most as long as all rounds of the ` +
  'slowest stack; a warning names a stack that is not steady then.';

/** Whether a workload was measured once its stacks were steady; older versions did not wait. */
const hasWarmUp = ({ results }: Workload): boolean =>
  results.some(({ measured }) => measured?.warmUp !== undefined);

/** Explains how to see whether the clients are the bottleneck. */
const PLAIN_DIRECTORY_TEXT =
  'In every round the same clients send the same requests to the plain directory, too, with no ' +
  'server between. What a request takes there is what the clients, the kernel and the storage ' +
  'take by themselves: of a stack’s time, the clients’ share is that at most. It stands with each ' +
  'workload, and where it is more than half of what a stack takes, a warning says so.';

/** Share of a stack's median time above which the plain directory's time causes a warning. */
const PLAIN_SHARE_MAX = 0.5;
const PLAIN_SHARE_WARNING =
  'the plain directory takes more than half as long: clients, kernel and storage are much of what ' +
  'was measured, and a difference between servers looks smaller than it is';

/** Formats the range of some values: `3 to 15`, `15`, or `no`. */
function formatRange(values: readonly number[]): string {
  if (values.length === 0) return 'no';
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low === high ? String(low) : `${low} to ${high}`;
}

const listRoundCounts = ({ results }: Workload): number[] =>
  results.flatMap(({ measured }) => measured?.rounds.length ?? []);

/** Sentences about the limits of the figures. */
export const LIMIT_SENTENCES: readonly string[] = [
  'The figures are of this machine, with this load, kernel and storage. Ratios carry over to another ' +
    'machine better than times, and both only to workloads like these.',
  'Where client and server run decides as much as what the server does: compare figures of one ' +
    'placement only.',
  '“No difference” means that none was seen at this number of rounds; the interval says how ' +
    'large one might still be.',
  'A client asks again only when it has its answer: a stack that is slow for a while is asked less ' +
    'often then, so that the tail looks shorter than it would to clients who do not wait.',
];

/**
 * Describes a workload: its request, clients, CPUs, rounds, and the time in the plain directory.
 */
export function describeWorkload(workload: Workload): string {
  const { request, clients, clientCpu, serverCpus, plain } = workload;
  const clientsText = clients === 1 ? '1 client' : `${clients} clients`;
  const cpuText = clientCpu === null ? 'anywhere' : `on CPU ${clientCpu}`;
  const plainText =
    plain === null ? '' : ` The plain directory answers in ${formatDuration(plain.p50)} (median).`;
  return (
    `A request is: ${request}. ${clientsText} ${cpuText}, servers on CPU ${serverCpus}; ` +
    `${formatRange(listRoundCounts(workload))} rounds, ${describeWarmUp(workload)}.${plainText}`
  );
}

/** Describes what preceded the rounds. */
function describeWarmUp({ results, warmUpRounds }: Workload): string {
  const counts = results.flatMap(({ measured }) => measured?.warmUp?.requests ?? []);
  return counts.length === 0
    ? `and ${warmUpRounds} before them to warm up`
    : `after ${formatRange(counts)} requests to warm up`;
}

const PARTIAL_WARNING =
  'Not all that was asked for was measured: the tables and the other warnings say what is missing.';

/** Lists all warnings of the run and of its results, with workload and placement. */
export function listWarnings({ warnings, partial, workloads }: Run): string[] {
  return [
    ...(partial ? [PARTIAL_WARNING] : []),
    ...warnings,
    ...workloads.flatMap((workload) =>
      [...groupWarnings(workload)].map(
        ([text, names]) => `${formatWorkloadTitle(workload)}, ${names.join(', ')}: ${text}`,
      ),
    ),
  ];
}

/** Groups the warnings of a workload's results: each text with the names of its stacks. */
function groupWarnings({ results, plain }: Workload): Map<string, string[]> {
  const stacksByText = new Map<string, string[]>();
  for (const { stack, warnings, measured } of results) {
    const wrong = measured?.answers.wrong ?? 0;
    const exceedsPlainShare =
      plain !== null && measured !== null && plain.p50 > PLAIN_SHARE_MAX * measured.latency.p50;
    const texts = [
      ...warnings,
      ...(wrong > 0 ? [`${wrong} of the answers were wrong`] : []),
      ...(exceedsPlainShare ? [PLAIN_SHARE_WARNING] : []),
    ];
    for (const text of texts) stacksByText.set(text, [...(stacksByText.get(text) ?? []), stack]);
  }
  return stacksByText;
}
