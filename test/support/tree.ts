/** Describes a folder completely, attributes and data, to compare two folders. */
import { type Caller, Client } from './client.ts';

export interface TreeSettings {
  /** Times before this (seconds since 1970) were set on purpose, and are compared. */
  readonly oldestTime: number;
  /** Names of folders, at any depth, whose contents are omitted. */
  readonly prune?: readonly string[];
  /** The user who reads. */
  readonly as?: Caller | undefined;
}

/** Size, time, name, type, mode, owner, links, target. Directories have sizes of their own. */
const ENTRY = String.raw`%s %T@ %p : %y %m %U:%G %n %l\0`;

const LIST = `
find . "\${prune[@]}" -printf '${ENTRY}'
find . "\${prune[@]}" -type f -print0 | xargs -0 -r sha256sum -z --
find . "\${prune[@]}" -print0 | xargs -0 -r getfattr -h -d -e hex -- |
  awk 'sub(/^# file: /, "") { name = $0; next } /./ { print name ": " $0 }' | tr '\\n' '\\0'
`;

/** The attribute in which a storage without root's rights keeps the gfid. */
const INTERNAL = /: user\.glossa\.gfid=/;

/** A line for every entry, every file's data, and every extended attribute of the user's. */
export async function listTree(folder: string, settings: TreeSettings): Promise<string[]> {
  const { oldestTime, prune = [], as } = settings;
  const names = prune.flatMap((name) => ['-name', `'${name}'`, '-prune', '-o']);
  const client = new Client(folder, `prune=(${names.join(' ')})\n${LIST}`, as ? { as } : {});
  const { status, out, err } = await client.outcome;
  if (status !== 0 || err !== '') throw new Error(`cannot list ${folder}: ${out}${err}`);
  return out
    .split('\0')
    .filter((line) => !INTERNAL.test(line))
    .map((line) => normalizeLine(line, oldestTime))
    .sort();
}

function normalizeLine(line: string, oldestTime: number): string {
  const match = /^(\d+) ([\d.]+) (.* : (\S) \d+ \d+:\d+ .*)$/s.exec(line);
  if (match === null) return line;
  const [, size, time, rest, type] = match;
  return `${rest} ${type === 'd' ? '-' : size} ${Number(time) < oldestTime ? time : 'now'}`;
}
