/**
 * Scripts of system calls, as data and as text.
 *
 *     0! open 0 d/f O_RDWR|O_CREAT 0644
 *     1 pread 0 100 4096
 *
 * A line is the index of the process, `!` if the subject's times are compared, the operation and
 * its arguments, which `executor/main.c` defines. In files, lines that begin with `#` are comments.
 */

export interface Command {
  /** Index of the process in CALLERS. */
  readonly worker: number;
  /** True if the times that the command changes are compared. */
  readonly watched: boolean;
  readonly op: string;
  readonly args: readonly string[];
}

export type Script = readonly Command[];

/**
 * The processes of every script, as UID:GID:GROUP,…: two of root, a user with an additional
 * group, and a user of the first one's group.
 */
export const CALLERS = ['0:0', '1001:1001:2000', '1002:1002:1001', '0:0'] as const;

/** Encodes a path for the executor: percent-encoded where the script's syntax needs it. */
export const encodePath = (path: string): string =>
  path === '' ? '""' : path.replace(/[^!$&-~]/g, escapeChar);

const escapeChar = (char: string): string =>
  [...Buffer.from(char)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');

export const formatCommand = ({ worker, watched, op, args }: Command): string =>
  [`${worker}${watched ? '!' : ''}`, op, ...args].join(' ');

export const formatScript = (script: Script): string =>
  script.map((command) => `${formatCommand(command)}\n`).join('');

/** Parses the text of a script. @throws {Error} for an invalid line */
export function parseScript(text: string): Script {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => {
    const match = /^(\d)(!?) (\S+)((?: \S+)*)$/.exec(line);
    if (match === null) throw new Error(`no command: ${line}`);
    const [, worker, watched, op, args] = match as unknown as [
      string,
      string,
      string,
      string,
      string,
    ];
    return { worker: Number(worker), watched: watched === '!', op, args: args.split(' ').slice(1) };
  });
}
