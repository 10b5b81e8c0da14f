/**
 * Generates docs/how-it-works/speed.md, one table of figures and goals, from the records of the bench
 * (test/bench/records/*.json). `npm run bench -- … --record` writes a part's record.
 */
import { readdirSync, readFileSync } from 'node:fs';

const FOLDER = 'test/bench/records';

/** The figures of one part of a suite. */
interface SpeedRecord {
  /** The command that measures them. */
  readonly command: string;
  /** Day of the run; null: of the time before records, not measured again since. */
  readonly date: string | null;
  /** The machine of the run, in a sentence; null as the date is. */
  readonly machine: string | null;
  readonly figures: readonly {
    readonly what: string;
    readonly value: string;
    /** '' without a goal. */
    readonly goal: string;
    readonly verdict: string;
  }[];
}

/** Records by group, in the order of the table. Others follow in a group of their own. */
const groups: Readonly<Record<string, readonly string[]>> = {
  'A failed stat that a cache answers': ['stat', 'pass'],
  'A translator in another language': [
    ...['bridges-python', 'bridges-javascript', 'bridges-c', 'bridges-data'],
    ...['speed-python-reads', 'tutorial-network', 'fusepy'],
  ],
  'Over bricks of GlusterFS': [
    ...['cluster-distribute-stat', 'cluster-distribute-create', 'speed-failed', 'speed-failed-two'],
    ...['speed-reads', 'speed-reads-ahead', 'speed-listings', 'small-files-rm-two'],
    ...['small-files-rm-three', 'small-files-rm-acls', 'small-files-clone-far'],
    ...['small-files-npm-far', 'speed-git-status'],
  ],
  'Over a local directory': [
    ...['small-files-create', 'small-files-creates', 'small-files-creates-clients'],
    ...['small-files-hit', 'small-files-untar', 'small-files-checkout', 'small-files-npm-ci'],
    ...['speed-cores'],
  ],
  'A volume from a program': ['api-mount', 'api-brick', 'api-python', 'api-copy'],
  'Start and memory': ['speed-python-start', 'start', 'speed-memory', 'speed-commands'],
};

const HEAD = `<!-- Generated from test/bench/records (npm run gen). Do not edit. -->
# Speed

Every figure that this project holds itself to, with its goal, whether it is met, and the command that measures it.
A ratio of times below 1 means that the first of the two is faster. Brackets have the lowest and the highest round. A
figure that depends on the host has the range over several runs.

- *too noisy*: the machine was busy, or rounds lie on both sides of the goal.
- *measured* is the day of the run that a row is made from. *Earlier* rows are of runs before this table, on several
  hosts, and not measured again since; [how they came about](speed-history.md) has their conditions.
- [How it is measured](bench.md), and \`test/bench/README.md\` for each part of the suites. Measure on a quiet machine.
`;

function readRecord(name: string): SpeedRecord {
  return JSON.parse(readFileSync(`${FOLDER}/${name}.json`, 'utf8')) as SpeedRecord;
}

/** Formats a cell: a `|` would end it. */
const formatRow = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

const formatRecord = ({ command, date, figures }: SpeedRecord): string[] =>
  figures.map(({ what, value, goal, verdict }) =>
    formatRow([
      what,
      value,
      goal === '' ? '–' : goal,
      verdict.startsWith('missed') ? `**${verdict}**` : verdict,
      date ?? 'earlier',
      `\`${command}\``,
    ]),
  );

/** Formats the section of the distinct machines; '' if all records are of earlier runs. */
function formatMachines(records: readonly SpeedRecord[]): string {
  const daysByMachine = new Map<string, Set<string>>();
  for (const { date, machine } of records) {
    if (date === null || machine === null) continue;
    daysByMachine.set(machine, (daysByMachine.get(machine) ?? new Set()).add(date));
  }
  const lines = [...daysByMachine].map(
    ([machine, days]) => `- ${[...days].sort().join(', ')}: ${machine}`,
  );
  return lines.length === 0 ? '' : `## Machines\n\n${lines.join('\n')}\n\n`;
}

/** Generates the page. */
export function generateSpeedPage(): string {
  const names = readdirSync(FOLDER).map((file) => file.replace(/\.json$/, ''));
  const grouped = new Set(Object.values(groups).flat());
  const others = names.filter((name) => !grouped.has(name));
  const allGroups = { ...groups, ...(others.length > 0 && { More: others }) };
  const rows = Object.entries(allGroups).flatMap(([title, members]) => [
    formatRow([`**${title}**`, '', '', '', '', '']),
    ...members
      .filter((name) => names.includes(name))
      .flatMap((name) => formatRecord(readRecord(name))),
  ]);
  return `${HEAD}
| figure | | goal | met? | measured | command |
|---|--:|--:|---|---|---|
${rows.join('\n')}

${formatMachines(names.map(readRecord))}## Next

- [Earlier measurements, and where the time goes](speed-history.md)
- [Comparing stacks of your own](bench.md)
- [The way of data](../operate/data-path.md): what makes a mount fast.
`;
}
