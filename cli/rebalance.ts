/** `glossa rebalance`: the directories of a distributed volume are made ready for the bricks that it has now. */
import { dirname, resolve } from 'node:path';
import { COMMIT_HASH, FIX_LAYOUT } from '../gluster/cluster/distribute/fops/commands.ts';
import { connect, Driver, FopError, NOBODY } from '../runtime/api/driver.ts';
import { listEntries } from '../runtime/api/listing.ts';
import { Dict } from '../runtime/core/dict.ts';
import { ENOENT, ENOTCONN, ENOTDIR, ESTALE } from '../runtime/core/errno.ts';
import type { Graph } from '../runtime/core/graph.ts';
import { IA_IFDIR } from '../runtime/core/iatt.ts';
import { Loc } from '../runtime/core/loc.ts';
import { type LogLevels, WARNING } from '../runtime/core/log.ts';
import { pump } from '../runtime/pump/pump.ts';
import { activate } from '../runtime/volfile/activate.ts';
import { printable } from '../runtime/volfile/printable.ts';
import { NodeContext } from '../server/context.ts';
import { CONSOLE, openSink } from '../server/log-sink.ts';
import { startOrFail, UP_TIMEOUT, upOrFail } from '../server/started.ts';
import { describeOrFail, inspectFile } from '../server/volfiles.ts';
import { defineCommand } from '../terminal/command.ts';
import { EXIT_FAILURE, EXIT_OK, Failure, UsageError } from '../terminal/exit.ts';
import { takeOperands, toggle } from '../terminal/flags.ts';
import { Interruption } from '../terminal/interruption.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { volfileFlags } from './volfile-flags.ts';

const TYPE = 'cluster/distribute';
const PROGRESS_MS = 1000;
/** So long the directory at hand may take when it is to be stopped. */
const GRACE_MS = 1000;
/** DT_UNKNOWN and DT_DIR. */
const MAY_BE_DIRECTORY: ReadonlySet<number> = new Set([0, 4]);
/** Of what failed, so many are named. */
const NAMED_MAX = 10;

interface Done {
  directories: number;
  readonly failed: string[];
  commitHash: number | null;
}

export default defineCommand({
  usage: ['glossa rebalance VOLFILE fix-layout [options]'],
  description:
    'Deals out the ranges of names anew, in every directory of the volume that VOLFILE, a client, ' +
    'describes: for bricks that were added, or are to go. Clients go on meanwhile. Names stay with ' +
    'their bricks as far as they can, and no file is moved: those that are elsewhere now are found, ' +
    'and a link to each is made when it is looked up. Directories whose ranges were set by hand are ' +
    'left alone. Ctrl-C stops it after the directory at hand, or without that when a brick does not ' +
    'answer; what is done is done, and begun again it goes through the rest.',
  flags: {
    json: toggle({
      help: 'print {directories, failed: [PATH], commitHash}; null while not all is done',
    }),
    ...volfileFlags,
  },
  async run({ flags, operands }, terminal) {
    const [volfile, what] = takeOperands(operands, ['VOLFILE', 'fix-layout']);
    if (what !== 'fix-layout') {
      throw new UsageError(`rebalance knows 'fix-layout' alone, and no '${what}'`);
    }
    const { registry } = await import('../server/registry.ts');
    const inspection = await inspectFile(volfile, {
      registry,
      strict: flags.strict,
      overrides: flags['xlator-option'],
      allowShell: flags['allow-shell'],
    });
    const description = describeOrFail(inspection, terminal);
    if (!description.volumes.some(({ type }) => type.text === TYPE)) {
      throw new Failure(`${volfile} has no volume of type ${TYPE}: there is nothing to deal out`);
    }
    const context = new NodeContext({
      sink: openSink(CONSOLE, { colour: terminal.colour.err }),
      baseDir: dirname(resolve(volfile)),
      wake: () => pump.wake(),
      strict: flags.strict,
    });
    const levels: LogLevels = { default: WARNING, volumes: new Map() };
    const graph = activate(description, registry, context, levels);
    const interruption = new Interruption();
    try {
      await startOrFail(graph);
      const { signal } = interruption;
      const up = await unlessStopped(upOrFail(graph, UP_TIMEOUT), signal);
      const done = up === STOPPED ? nothing() : await fixAll(graph, terminal, signal);
      report(done, flags.json, terminal);
      const status = await interruption.status();
      return status ?? (done.failed.length > 0 ? EXIT_FAILURE : EXIT_OK);
    } finally {
      interruption.close();
      await graph.stop();
    }
  },
});

const nothing = (): Done => ({ directories: 0, failed: [], commitHash: null });

/** Depth first, so that no more is remembered than the way down and what is beside it. */
async function fixAll(graph: Graph, terminal: Terminal, signal: AbortSignal): Promise<Done> {
  const driver = new Driver(connect(graph, 'rebalance'), NOBODY);
  const done = nothing();
  const left = ['/'];
  let shown = performance.now();
  for (let path = left.pop(); path !== undefined && !signal.aborted; path = left.pop()) {
    if (terminal.interactive && performance.now() - shown > PROGRESS_MS) {
      terminal.err(`${done.directories} directories; now ${printable(path)}`);
      shown = performance.now();
    }
    const work = fix(driver, path, done, left);
    // A brick may not answer: whoever wants to stop does not wait for it.
    if ((await unlessStopped(work, signal)) === STOPPED) done.failed.push(path);
  }
  if (!signal.aborted && done.failed.length === 0) {
    const hash = await unlessStopped(commit(driver), signal);
    if (hash !== STOPPED) done.commitHash = hash;
  }
  return done;
}

/** One directory; those in it are left to be done. */
async function fix(driver: Driver, path: string, done: Done, left: string[]): Promise<void> {
  try {
    const { inode, buf } = await driver.find(path);
    if (buf.iaType !== IA_IFDIR) return;
    await driver.expect('setxattr', new Loc(inode), new Dict().set(FIX_LAYOUT, 'yes'), 0, null);
    done.directories += 1;
    for (const { name, type } of (await listEntries(driver, inode)).reverse()) {
      if (MAY_BE_DIRECTORY.has(type)) left.push(path === '/' ? `/${name}` : `${path}/${name}`);
    }
  } catch (error) {
    if (!(error instanceof FopError)) throw error;
    // Nothing goes on without all bricks.
    if (error.errno === ENOTCONN) throw new Failure(`a brick of the volume is down: ${path}`);
    if (!GONE.has(error.errno)) done.failed.push(path);
  }
}

const STOPPED = Symbol('stopped');

/** What `work` comes to; STOPPED when it is not over soon after the signal. */
function unlessStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T | typeof STOPPED> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const wait = (): void => {
      timer = setTimeout(() => resolve(STOPPED), GRACE_MS);
    };
    if (signal.aborted) wait();
    else signal.addEventListener('abort', wait, { once: true });
    const over = (): void => {
      signal.removeEventListener('abort', wait);
      clearTimeout(timer);
    };
    work.then(resolve, reject).finally(over);
  });
}

/** Somebody else has taken it away. */
const GONE: ReadonlySet<number> = new Set([ENOENT, ESTALE, ENOTDIR]);

/** New directories are known by another number than old ones from now on. */
async function commit(driver: Driver): Promise<number> {
  const hash = Math.floor(Date.now() / 1000);
  const dict = new Dict().set(COMMIT_HASH, String(hash));
  try {
    await driver.expect('setxattr', new Loc(driver.root), dict, 0, null);
  } catch (error) {
    if (!(error instanceof FopError)) throw error;
    throw new Failure(
      `all directories are done, but there is no commit hash (${error.message}): begin again`,
    );
  }
  return hash;
}

function report(done: Done, isJson: boolean, terminal: Terminal): void {
  const { directories, failed, commitHash } = done;
  if (isJson) {
    terminal.out(JSON.stringify({ directories, failed, commitHash }));
    return;
  }
  for (const path of failed.slice(0, NAMED_MAX)) terminal.err(`not done: ${printable(path)}`);
  if (failed.length > NAMED_MAX) terminal.err(`not done: ${failed.length - NAMED_MAX} more`);
  const end = commitHash === null ? 'not all: begin again' : `commit hash ${commitHash}`;
  terminal.out(`${directories === 1 ? '1 directory' : `${directories} directories`}, ${end}`);
}
