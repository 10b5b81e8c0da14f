/**
 * `glossa dev`: mounts a module above a folder, reloads it when it is saved, and shows its log.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { findMount, type MountEntry } from '../runtime/mount/mountinfo.ts';
import { ChildServer } from '../server/child-server.ts';
import {
  describeModuleFile,
  findModuleFile,
  formatModuleVolfile,
  isFileSystem,
  type ModuleFile,
} from '../server/module-volfile.ts';
import { makeScratch, removeScratch } from '../server/scratch-folders.ts';
import { findEntryProblem, refuseStuck } from '../server/stuck-mounts.ts';
import { unmountLeftover } from '../server/unmount.ts';
import { describeOrFail, inspectFile } from '../server/volfiles.ts';
import { requireMount } from '../server/without-mount.ts';
import { defineCommand } from '../terminal/command.ts';
import { EXIT_FAILURE, EXIT_OK, Failure, formatReason, UsageError } from '../terminal/exit.ts';
import { choiceFlag, takeOperands, textFlag, toggleFlag } from '../terminal/flags.ts';
import { Interruption } from '../terminal/interruption.ts';
import { paint, type Terminal } from '../terminal/terminal.ts';
import { DevLog, makeModuleFileTest } from './dev/dev-log.ts';
import {
  findBuild,
  findVolfileBuilds,
  type ModuleBuild,
  ModuleBuilder,
} from './dev/module-builder.ts';
import { isFolder, SaveWatch } from './dev/save-watch.ts';

/** The time limit for a server to unmount and end before its mount is detached. */
const GRACE_MS = 3000;

export default defineCommand({
  usage: ['glossa dev MODULE [DIR] [options]', 'glossa dev VOLFILE [options]'],
  description:
    'Mounts the files of DIR through MODULE on a temporary folder, shows the log of the module, ' +
    'and loads the module again whenever it is saved: edit, save, look. Without DIR there are a ' +
    'few files to play with, gone at the end. A module that cannot be loaded is waited for: it is ' +
    'mounted when it is saved without the error. Ctrl-C ends it, and leaves nothing behind. With a ' +
    'VOLFILE, all of its modules are loaded again when they are saved. A compiled module is built ' +
    'from the source beside it, which MODULE may name, too, whenever the source is saved: by the ' +
    'rule of a Makefile, or else by the compiler of its language. An error of the compiler is ' +
    'shown, and the module before goes on.',
  flags: {
    mountpoint: textFlag({ placeholder: 'MNT', help: 'mount here, instead of a temporary folder' }),
    'log-level': choiceFlag({
      short: 'L',
      placeholder: 'LEVEL',
      values: ['TRACE', 'DEBUG', 'INFO', 'WARNING', 'ERROR'],
      help: 'TRACE, DEBUG, INFO (without it), WARNING or ERROR',
    }),
    strict: toggleFlag({ help: 'warnings are errors' }),
  },
  placeholderKinds: { MNT: 'folder' },
  async run({ flags, operands }, terminal) {
    const [operand, directory] = takeOperands(operands, ['MODULE', '[DIR]']);
    const { mountpoint } = flags;
    await refuseStuck(...[operand, directory, mountpoint].filter((path) => path !== undefined));
    refuseSwapped(operand, directory);
    const build = findBuild(operand);
    const module = build === undefined ? findModuleFile(operand) : describeModuleFile(build.module);
    if (module === null && directory !== undefined) {
      throw new UsageError('DIR goes with a module: a volfile names its folder itself');
    }
    const task: DevTask = {
      ...{ operand, directory, module, mountpoint },
      logLevel: flags['log-level'] ?? 'INFO',
      strict: flags.strict,
    };
    const signals = new Interruption();
    try {
      for (;;) {
        const builds = module === null ? findVolfileBuilds(operand) : build ? [build] : [];
        const saveWatch = new SaveWatch([module?.path ?? operand], builds);
        try {
          const status = await serveOnce(task, builds, signals, terminal);
          if (status !== null) return status;
          terminal.err(`glossa dev: waiting until ${operand} is mended and saved; Ctrl-C ends it`);
          const outcome = await Promise.race([saveWatch.whenSaved, signals.firstSignal]);
          if (outcome !== 'saved') return outcome;
        } finally {
          saveWatch.close();
        }
      }
    } finally {
      signals.close();
    }
  },
});

/** Refuses `glossa dev DIR MODULE`, the operands in the wrong order. @throws {UsageError} */
function refuseSwapped(operand: string, directory: string | undefined): void {
  if (directory === undefined || !isFolder(operand) || isFolder(directory)) return;
  if (findModuleFile(directory) === null) return;
  throw new UsageError(`${operand} is a folder, and ${directory} a module: the module comes first`);
}

/** The operands and flags of `glossa dev`. */
interface DevTask {
  readonly operand: string;
  readonly directory: string | undefined;
  readonly module: ModuleFile | null;
  readonly mountpoint: string | undefined;
  readonly logLevel: string;
  readonly strict: boolean;
}

/**
 * Serves one mount to its end. Resolves to the exit status, or to null if the module has an error,
 * which the user has to correct. Each attempt has a temporary folder of its own.
 */
async function serveOnce(
  task: DevTask,
  builds: readonly ModuleBuild[],
  signals: Interruption,
  terminal: Terminal,
): Promise<number | null> {
  const { operand, directory, module } = task;
  const scratch = makeScratch('dev');
  let builder: ModuleBuilder | undefined;
  try {
    await requireMount('dev', scratch);
    builder = new ModuleBuilder(builds, { scratch, signal: signals.signal, terminal });
    const areBuilt = await builder.buildOldModules();
    if (signals.signal.aborted) return await signals.firstSignal;
    if (!areBuilt) return null;
    const sources = builds.map(({ source }) => source);
    const mountSettings =
      module === null
        ? await prepareVolfile(operand, terminal)
        : prepareModule(module, sources[0], directory, scratch);
    const mountpoint = resolve(task.mountpoint ?? join(scratch, 'mnt'));
    if (task.mountpoint === undefined) mkdirSync(mountpoint);
    const { logLevel, strict } = task;
    const names = builds.map((build) => basename(build.module));
    const settings = {
      ...mountSettings,
      ...{ operand, mountpoint, scratch, logLevel, strict, signals, builtNames: names },
    };
    return await serveMount(settings, terminal);
  } finally {
    await builder?.close();
    removeFolder(scratch, terminal);
  }
}

/** The volfile to mount, and its settings. */
interface MountSettings {
  readonly volfile: string;
  /** Values of --xlator-option. */
  readonly overrides: readonly string[];
  /** The folder that is served; null if the volfile names it. */
  readonly servedFolder: string | null;
  /** The files that the user edits, for the introduction. */
  readonly editedFiles: string;
  /** The names of the volumes that run modules. */
  readonly volumes: readonly string[];
}

/** Writes a volfile of the module above the served folder. @throws {Failure} */
function prepareModule(
  module: ModuleFile,
  source: string | undefined,
  directory: string | undefined,
  scratch: string,
): MountSettings {
  const isStorage = isFileSystem(module);
  if (isStorage && directory !== undefined)
    throw new Failure(`${module.name} is a file system: it has no folder below, as ${directory}`);
  const folder = directory === undefined ? writeSampleFiles(scratch) : resolve(directory);
  const servedFolder = isStorage ? null : folder;
  if (!isFolder(folder)) {
    throw new Failure(`${directory} is no folder`);
  }
  const volfilePath = join(scratch, 'dev.vol');
  const text = formatModuleVolfile(module, {
    storage: servedFolder === null ? 'none' : { directory: servedFolder },
    shouldReload: true,
  });
  writeFileSync(volfilePath, text);
  // The module's volume is the last.
  const [, volume = ''] = [...text.matchAll(/^volume (\S+)$/gm)].at(-1) ?? [];
  return {
    volfile: volfilePath,
    overrides: [],
    servedFolder,
    editedFiles: source ?? module.path,
    volumes: [volume],
  };
}

/** Finds the volumes of modules in a volfile, which are to reload them. @throws {Failure} */
async function prepareVolfile(operand: string, terminal: Terminal): Promise<MountSettings> {
  const { registry } = await import('../server/registry.ts');
  const { volumes } = describeOrFail(await inspectFile(operand, { registry }), terminal);
  const volumeNames = volumes
    .filter(({ type }) => ['features/glupy', 'features/native'].includes(type.text))
    .map(({ name }) => name.text);
  if (volumeNames.length === 0)
    throw new Failure(`${operand} has no volume of a module (features/glupy, features/native)`);
  return {
    volfile: resolve(operand),
    overrides: volumeNames.map((name) => `${name}.reload=on`),
    servedFolder: null,
    editedFiles: `the modules of ${volumeNames.join(', ')}`,
    volumes: volumeNames,
  };
}

/** Makes a folder with a few files to try the module on; returns its path. */
function writeSampleFiles(scratch: string): string {
  const sampleFolder = join(scratch, 'files');
  mkdirSync(join(sampleFolder, 'folder'), { recursive: true });
  writeFileSync(join(sampleFolder, 'hello.txt'), 'Hello, world.\n');
  writeFileSync(join(sampleFolder, 'notes.txt'), 'One line.\nAnother line.\n');
  writeFileSync(join(sampleFolder, 'folder', 'inside.txt'), 'Inside a folder.\n');
  return sampleFolder;
}

/** Matches an error at a line of a module: `m.py:3: …`. */
const MODULE_POSITION = /^\S+\.(py|m?[jt]s):\d+: /m;

/** An attempt to mount and serve. */
interface MountAttempt extends MountSettings {
  readonly operand: string;
  readonly mountpoint: string;
  readonly scratch: string;
  readonly logLevel: string;
  readonly strict: boolean;
  readonly signals: Interruption;
  /** The names of modules that are built here, whose sources a save can correct. */
  readonly builtNames: readonly string[];
}

/** Serves the mount until its end or a signal; resolves as `serveOnce` does. */
async function serveMount(settings: MountAttempt, terminal: Terminal): Promise<number | null> {
  const { volfile, overrides, mountpoint, scratch, volumes, editedFiles, signals, operand } =
    settings;
  const { builtNames } = settings;
  const colour = terminal.colour.err;
  const isModuleFile = makeModuleFileTest(dirname(resolve(operand)));
  const log = new DevLog({ volumes, module: basename(editedFiles), isModuleFile, colour });
  // The kernel caches nothing, so that each access reaches the module.
  const timeouts = ['entry', 'attribute', 'negative'].flatMap((cache) => [
    `--${cache}-timeout`,
    '0',
  ]);
  // True if the start failed with an error at a line of the volfile or of a module, which a save
  // can correct.
  let isCorrectable = false;
  const earlierMount = findMount(mountpoint);
  const watchingTerminal: Terminal = {
    ...terminal,
    err(text) {
      isCorrectable ||=
        text.includes(`${volfile}:`) ||
        MODULE_POSITION.test(text) ||
        builtNames.some((name) => text.includes(name));
      terminal.err(text);
    },
  };
  const server = new ChildServer(
    [
      ...['mount', '--log-file', '-', '--log-level', settings.logLevel, ...timeouts],
      ...(settings.strict ? ['--strict'] : []),
      ...overrides.flatMap((override) => ['--xlator-option', override]),
      ...['--', volfile, mountpoint],
    ],
    {
      isAttached: true,
      stderr: 'pipe',
      volfile,
      place: { mountpoint },
      command: 'dev',
      scratchFolder: scratch,
      terminal: watchingTerminal,
    },
  );
  // Lines that the start logs are shown below the introduction; null once they were printed.
  let heldLines: string[] | null = [];
  server.onStderrLine((line) => {
    const shortLine = log.format(line);
    if (shortLine === null) return;
    if (heldLines === null) terminal.err(shortLine);
    else heldLines.push(shortLine);
  });
  const printHeldLines = (): void => {
    for (const line of heldLines ?? []) terminal.err(line);
    heldLines = null;
  };
  try {
    const outcome = await Promise.race([server.whenReady, signals.firstSignal]);
    if (typeof outcome === 'number') return outcome;
    if (!outcome) {
      const { status } = await server.whenExited;
      return isCorrectable ? null : status || EXIT_FAILURE;
    }
    terminal.out(formatIntroduction(settings, terminal.colour.out));
    printHeldLines();
    // Printed, without ending the mount: if a module fails the root's stat, a save may correct it.
    const problem = await findEntryProblem(mountpoint);
    if (problem !== null) terminal.err(`glossa dev: ${problem}`);
    const whenEnded = server.whenExited.then(() => 'ended' as const);
    if ((await Promise.race([whenEnded, signals.firstSignal])) === 'ended') {
      const { status, signal } = await server.whenExited;
      if (status === 0) return EXIT_OK;
      terminal.err(`glossa dev: the server ${signal ? `died of ${signal}` : 'ended'}`);
      return status || EXIT_FAILURE;
    }
    // A signal ended it: Ctrl-C is the usual end, so this is no failure.
    return EXIT_OK;
  } finally {
    printHeldLines();
    await endServer(server, mountpoint, earlierMount);
  }
}

/** Formats the lines that tell what is mounted, and what the user can do. */
function formatIntroduction(
  { operand, mountpoint, servedFolder, editedFiles, builtNames }: MountAttempt,
  colour: boolean,
): string {
  const folderText = servedFolder === null ? '' : `, above the files of ${servedFolder}`;
  const verb = builtNames.length === 0 ? 'loaded' : 'compiled and loaded';
  const rows = [
    ['look', `ls -l ${mountpoint}`],
    ['edit', `${editedFiles}: it is ${verb} again when it is saved`],
    ['end', 'Ctrl-C'],
  ];
  const steps = rows.map(
    ([title, command]) => `  ${paint('bold', title!.padEnd(6), colour)}${command}`,
  );
  const mountedWord = paint('good', 'mounted', colour);
  return [`${operand} is ${mountedWord} on ${mountpoint}${folderText}`, ...steps].join('\n');
}

/** Ends the server. After GRACE_MS, a mount in use (such as by a shell in it) is detached. */
async function endServer(
  server: ChildServer,
  mountpoint: string,
  earlierMount: MountEntry | null,
): Promise<void> {
  await server.end('SIGTERM', GRACE_MS);
  await unmountLeftover(mountpoint, earlierMount);
}

/** Removes the temporary folder; prints a message if that fails. */
function removeFolder(scratch: string, terminal: Terminal): void {
  try {
    if (!removeScratch(scratch)) terminal.err(`glossa dev: ${scratch} is left: it is in use`);
  } catch (error) {
    terminal.err(`glossa dev: ${scratch} is left: ${formatReason(error)}`);
  }
}
