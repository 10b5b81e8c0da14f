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
  /** Name of the temporary folder. */
  readonly temporary?: string;
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

/** Mounts with Python from a shell, a program's volume, what commands write and start. */
export const SUBSET = ['cli/new.test.ts', 'test/readme.mount.test.ts'];

/** Errors with the wording of the Node that runs, and WebAssembly that V8 must end, besides. */
const OF_NODE = [
  'runtime/api/bad-arguments.test.ts',
  'test/contract/bridge-wasm/hostile-wasm.test.ts',
];

/** A fresh `npm ci` with this Node and npm. */
const npm = (toolchain: ToolchainName, more: Machine = {}): Machine => ({
  toolchain,
  install: '',
  tests: OF_NODE,
  ...more,
});

export const ROWS: readonly Row[] = [
  { name: 'oldest', differs: 'Node 20.19.0, npm 10', how: WHOLE },
  {
    name: 'newest',
    differs:
      'the newest Node and npm; nothing but base packages, no /dev/fuse; a user, umask 077, a folder with a space, a quote and a letter beyond ASCII',
    how: WHOLE,
  },
  {
    name: 'Node 22',
    differs: 'with npm 10; production: NODE_ENV, and `omit=dev` in `~/.npmrc`',
    how: npm('22', {
      prepare: 'echo omit=dev > "$ROW/home/.npmrc"',
      env: { NODE_ENV: 'production' },
    }),
  },
  {
    name: 'Node 24',
    differs:
      'with npm 11; `ignore-scripts` in `~/.npmrc`, so that `npm ci` builds nothing; a user with umask 077 who mounts, in a folder with a space, a quote and a letter beyond ASCII',
    how: npm('24', {
      prepare: 'echo ignore-scripts=true > "$ROW/home/.npmrc"',
      isUser: true,
      umask: '077',
      folder: "a student's häuschen",
    }),
  },
  {
    name: 'two Nodes',
    differs: 'Node 22, 24 and the newest serve mounts that another Node asks',
    how: ['test/smoke/node-versions.mount.more.test.ts'],
  },
  {
    name: 'arm64',
    differs:
      'ARM, by qemu-user: the tests of storage and files, open flags, a mount, modules in four languages, in `test:long` also in Python',
    how: ['test/anywhere/arm64.mount.more.test.ts'],
  },
  {
    name: "a machine's numbers",
    differs: 'errno, structures and system calls, by the headers of x86-64 and ARM',
    how: ['test/anywhere/machine-numbers.more.test.ts'],
  },
  {
    name: 'TypeScript 5, 6 and 7',
    differs: 'declarations, with what `tsc --init` of each writes',
    how: ['test/declarations.more.test.ts'],
  },
  {
    name: 'fuse-native',
    differs: 'the other front end, installed by the command that messages name',
    how: ['test/fuse-native-installation.mount.more.test.ts'],
  },
  {
    name: 'Bun and Deno',
    differs: 'a program imports the library there',
    how: ['test/smoke/other-runtimes.more.test.ts'],
  },
  {
    name: 'packed package',
    differs: 'installed by npm from what `npm pack` makes',
    how: ['test/package.more.test.ts'],
  },
  {
    name: 'one CPU, Linux 5.4',
    differs:
      'one CPU; no system call that is newer than Linux 5.4, such as openat2 (x86-64 only); a temporary folder of 64 MB in which no program runs; no HOME; root without fusermount3; LC_ALL=C, and the time zone of the Chatham Islands; as in each such row, an archive without .git, and no terminal',
    how: {
      wrapper: 'taskset -c 0 python3 test/anywhere/linux-5.4.py',
      prepare: `mount -t tmpfs -o noexec,size=64m,mode=1777 none "$ROW/tmp"
        mount --bind /dev/null "$(readlink -f "$(command -v fusermount3)")"`,
      env: { HOME: null, LANG: null, LC_ALL: 'C', TZ: 'Pacific/Chatham' },
    },
  },
  {
    name: 'foreign settings',
    differs:
      '256 descriptors; no name for localhost; a temporary folder whose path is too long for sockets; package.json and tsconfig.json in the folder above; CDPATH, POSIXLY_CORRECT, PYTHONHOME, NODE_OPTIONS, GIT_DIR are set',
    how: {
      temporary: `tmp-${'x'.repeat(150)}`,
      wrapper: 'prlimit --nofile=256:256',
      prepare: `mount --bind /dev/null /etc/hosts
        echo '{ "type": "commonjs", "workspaces": ["x"] }' > "$ROW/home/package.json"
        echo '{ "compilerOptions": { "strict": false } }' > "$ROW/home/tsconfig.json"`,
      env: {
        CDPATH: '/usr',
        POSIXLY_CORRECT: '1',
        PYTHONHOME: '/nonexistent',
        NODE_OPTIONS: '--throw-deprecation --enable-source-maps',
        GIT_DIR: '/nonexistent',
      },
    },
  },
  {
    name: 'no mount',
    differs:
      'nothing can be mounted: the demo runs in the process, and other commands name those that do',
    how: ['apps/demo/in-process.more.test.ts', 'cli/without-mount.mount.more.test.ts'],
  },
  {
    name: 'no Linux',
    differs: 'without the name, koffi, /proc and /sys, which a Mac lacks; not on a Mac',
    how: ['cli/without-linux.engine.more.test.ts'],
  },
  {
    name: 'signals',
    differs: 'Node 22, 24 and the newest: signals to daemons',
    how: ['test/smoke/node-signals.mount.more.test.ts'],
  },
  {
    name: 'a reader',
    differs:
      'another user, in an empty folder and in a checkout: the commands of every page in order',
    how: ['test/texts/commands.mount.more.test.ts'],
  },
  {
    name: 'limited addresses',
    differs: '`ulimit -v`, as on machines that many share',
    how: ['test/smoke/address-space.engine.more.test.ts'],
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
