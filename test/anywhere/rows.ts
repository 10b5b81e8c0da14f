/**
 * Table of the machines on which README's two commands hold: a row has what differs from the
 * machine where glossa is written, and either how a copy of the checkout is run there, or the test
 * files that try it. `npm run test:anywhere` runs them, and CONTRIBUTING.md lists them.
 */
import type { ToolchainName } from '../support/toolchain.ts';

/** Settings of a copy of the checkout and of its commands; a missing one is as it is here. */
export interface Machine {
  /** Node and npm. */
  readonly toolchain?: ToolchainName;
  /** Flags of `npm ci` in the copy. Without, the copy has the checkout's node_modules and dist. */
  readonly install?: string;
  /** An ordinary user in place of root. */
  readonly isUser?: boolean;
  readonly umask?: string;
  /** Name of the copy's folder. */
  readonly folder?: string;
  /** Shell commands of root beforehand, in the row's own mount namespace; $ROW is its folder. */
  readonly prepare?: string;
  /** Variables besides PATH, HOME, TMPDIR and LANG; null removes one. */
  readonly env?: Readonly<Record<string, string | null>>;
  /** A command that runs the rest of its arguments as a command. */
  readonly wrapper?: string;
  /** Test files besides SUBSET. */
  readonly tests?: readonly string[];
}

export interface Row {
  readonly name: string;
  readonly differs: string;
  /** A machine, or where else the row is tried: test files, or .ci/run, which runs both commands whole. */
  readonly how: Machine | readonly string[];
}

export const isMachine = (how: Row['how']): how is Machine => !Array.isArray(how);

const WHOLE = ['.ci/run'];

/** Few searches: the row asks whether the demo works, not how fast. */
export const DEMO = 'npm run demo -- --searches 20';

/** Mounts with Python from a shell, a program's volume, files' modes, what commands write and start. */
export const SUBSET = ['cli/fs.test.ts', 'cli/new.test.ts', 'test/readme.mount.test.ts'];

export const ROWS: readonly Row[] = [
  { name: 'oldest', differs: 'Node 20.19.0, npm 10', how: WHOLE },
  {
    name: 'newest',
    differs:
      'the newest Node and npm; nothing but base packages, no /dev/fuse; a user, umask 077, a folder with a space, a quote and a letter beyond ASCII',
    how: WHOLE,
  },
  {
    name: 'Bun and Deno',
    differs: 'a program imports the library there',
    how: ['test/smoke/other-runtimes.more.test.ts'],
  },
  {
    name: 'one CPU',
    differs: 'one CPU',
    how: { wrapper: 'taskset -c 0' },
  },
  {
    name: 'noexec TMPDIR',
    differs: 'no program runs in the temporary folder',
    how: { prepare: 'mount -t tmpfs -o noexec,mode=1777 none "$ROW/tmp"' },
  },
  { name: 'no HOME', differs: 'HOME is not set', how: { env: { HOME: null } } },
  {
    name: 'another locale',
    differs: 'LC_ALL=C, and the time zone of the Chatham Islands',
    how: { env: { LANG: null, LC_ALL: 'C', TZ: 'Pacific/Chatham' } },
  },
];

/** The files of the vitest project `anywhere`: the machines, and those that rows refer to. */
export const anywhereFiles: string[] = [
  'test/anywhere/rows.mount.more.test.ts',
  ...ROWS.flatMap(({ how }) => (isMachine(how) ? [] : how)).filter((file) => /\.ts$/.test(file)),
];

/** The table as CONTRIBUTING.md has it. */
export const rowsAsMarkdown = (): string =>
  ROWS.map(({ name, differs, how }) => {
    const where = isMachine(how) ? '' : how.map((file) => `\`${file}\``).join(', ');
    return `| ${name} | ${differs} | ${where} |\n`;
  }).join('');
