/**
 * Builds compiled modules for `glossa dev`: at the start if a module is older than its source, then at each save of the
 * source. A save during a build causes one more build after it; two builds never run at once.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import {
  type BuildPlan,
  type BuildStep,
  findDefaultModule,
  findModuleSource,
  isCompilerMissing,
  listSourceExtensions,
  placeResults,
  planBuild,
  planMake,
} from '../../bridges/compilers.ts';
import { watchFolder } from '../../bridges/machine/node/folder-watcher.ts';
import { toPlainVolumes } from '../../runtime/volfile/description.ts';
import { Source } from '../../runtime/volfile/source.ts';
import { readVolfile } from '../../runtime/volfile/volfile.ts';
import { Failure } from '../../terminal/exit.ts';
import { formatReason } from '../../terminal/reason.ts';
import type { Terminal } from '../../terminal/terminal.ts';

/** A compiled module and its source, as absolute paths. */
export interface ModuleBuild {
  readonly source: string;
  readonly module: string;
}

/** Finds the build of a module that is named by its own file or by its source; undefined for other files. */
export function findBuild(operand: string): ModuleBuild | undefined {
  const path = resolve(operand);
  const module = findDefaultModule(path);
  if (module !== undefined) return { source: path, module };
  const source = findModuleSource(path);
  return source === undefined ? undefined : { source, module: path };
}

/** Finds the builds of a volfile's modules that lie beside their sources. */
export function findVolfileBuilds(volfile: string): ModuleBuild[] {
  const baseDir = dirname(resolve(volfile));
  return readVolumes(volfile).flatMap(({ options }) => {
    const settings = new Map(options);
    const name = settings.get('module-name');
    const path = settings.get('module-path');
    const paths =
      name === undefined
        ? [path ?? '']
        : (path ?? '.').split(':').map((folder) => join(folder, name));
    const builds = paths.map((file) => findBuild(resolve(baseDir, file)));
    // A name in a volfile is the module's, never the source's.
    return builds.find((build, i) => build?.module === resolve(baseDir, paths[i]!)) ?? [];
  });
}

/** Reads the volumes of a volfile; [] for one with errors, which its check reports later. */
function readVolumes(volfile: string): ReturnType<typeof toPlainVolumes> {
  try {
    const source = new Source(volfile, readFileSync(volfile, 'utf8'));
    return toPlainVolumes(readVolfile(source).description);
  } catch {
    return [];
  }
}

/** The surroundings of a builder. */
export interface BuilderSettings {
  /** A folder for unfinished files. */
  readonly scratch: string;
  /** Ends a running build. */
  readonly signal: AbortSignal;
  readonly terminal: Terminal;
}

/** The end of a build. */
type BuildOutcome = 'built' | 'failed' | 'without a compiler';

/** Builds one module. */
export class ModuleBuilder {
  private readonly build: ModuleBuild;
  private readonly settings: BuilderSettings;
  private readonly stopWatching: () => void;
  /** The folder of files that a later build can use again. */
  private readonly scratch: string;
  private whenBuilt: Promise<BuildOutcome> | null = null;
  private wasSavedMeanwhile = false;
  /** Whether a module serves while its source is built again. */
  private isServing = false;

  constructor(build: ModuleBuild, settings: BuilderSettings) {
    this.build = build;
    this.settings = settings;
    const { source, module } = build;
    this.scratch = join(settings.scratch, `build-${basename(module)}`);
    mkdirSync(this.scratch, { recursive: true });
    this.stopWatching = watchFolder(dirname(source), listSourceExtensions(source), {
      onChange: () => void this.rebuild(),
      onFailure: (reason) =>
        settings.terminal.err(`glossa dev: ${source} is not watched: ${reason}`),
    });
  }

  /**
   * Builds the module if it is older than its source. Resolves to false for a source with an error.
   * @throws {Failure} without a compiler, if the module does not exist
   */
  async buildIfOld(): Promise<boolean> {
    const outcome = this.isOld() ? await this.rebuild() : 'built';
    this.isServing = true;
    if (outcome === 'without a compiler' && !existsSync(this.build.module))
      throw new Failure(`${this.build.module} cannot be built`);
    return outcome !== 'failed';
  }

  /** Ends the watch, after a build that is under way. */
  async close(): Promise<void> {
    this.stopWatching();
    await this.whenBuilt;
  }

  /** Whether a file that the build reads is newer than the module. */
  private isOld(): boolean {
    const { source, module } = this.build;
    const folder = dirname(source);
    const extensions = listSourceExtensions(source);
    const built = statSync(module, { throwIfNoEntry: false });
    if (built === undefined) return true;
    return readdirSync(folder)
      .filter((name) => extensions.includes(extname(name)))
      .map((name) => statSync(join(folder, name), { throwIfNoEntry: false }))
      .some((stats) => stats !== undefined && stats.mtimeMs > built.mtimeMs);
  }

  /** Builds the module, after the build that is under way; resolves to the end of the last build. */
  private rebuild(): Promise<BuildOutcome> {
    if (this.whenBuilt !== null) {
      this.wasSavedMeanwhile = true;
      return this.whenBuilt;
    }
    this.whenBuilt = this.buildUntilUnchanged().finally(() => {
      this.whenBuilt = null;
    });
    return this.whenBuilt;
  }

  private async buildUntilUnchanged(): Promise<BuildOutcome> {
    let outcome: BuildOutcome;
    do {
      this.wasSavedMeanwhile = false;
      outcome = await this.buildOnce();
    } while (this.wasSavedMeanwhile && !this.settings.signal.aborted);
    return outcome;
  }

  /** Runs the commands of a build, and prints their messages. */
  private async buildOnce(): Promise<BuildOutcome> {
    const { source, module } = this.build;
    const { terminal, signal } = this.settings;
    const name = basename(source);
    if (!existsSync(source)) return 'failed';
    const plan = planMake(source, module) ?? planBuild(source, module, this.scratch);
    let output = '';
    for (const step of plan.steps) {
      if (step.reusable !== undefined && existsSync(step.reusable)) continue;
      const result = await runStep(plan, step, signal);
      if (signal.aborted) return 'failed';
      const messages = result.errors.trimEnd();
      if (messages !== '') terminal.err(messages);
      if (!result.isDone) {
        const isMissing = result.isProgramMissing || isCompilerMissing(messages);
        const consequence = this.isServing ? ', the module before goes on' : '';
        const reason = isMissing ? `: ${plan.advice}` : '';
        terminal.err(`glossa dev: ${name} is not compiled${consequence}${reason}`);
        return isMissing ? 'without a compiler' : 'failed';
      }
      output = result.output;
    }
    try {
      placeResults(plan, output);
    } catch (error) {
      terminal.err(`glossa dev: ${module} cannot be written: ${formatReason(error)}`);
      return 'failed';
    }
    return 'built';
  }
}

/** The end of a command. */
interface StepResult {
  readonly isDone: boolean;
  readonly isProgramMissing: boolean;
  readonly output: string;
  readonly errors: string;
}

/** Runs one command of a plan to its end. */
function runStep(
  { folder, env }: BuildPlan,
  { command: [program, ...args] }: BuildStep,
  signal: AbortSignal,
): Promise<StepResult> {
  return new Promise((resolve) => {
    let output = '';
    let errors = '';
    let isProgramMissing = false;
    const child = spawn(program, args, {
      cwd: folder,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    child.on('error', (error) => {
      isProgramMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      if (!isProgramMissing && !signal.aborted) errors += `${program}: ${formatReason(error)}\n`;
      // A program that did not start has no other end.
      if (child.pid === undefined) resolve({ isDone: false, isProgramMissing, output, errors });
    });
    child.on('close', (status) =>
      resolve({ isDone: status === 0, isProgramMissing, output, errors }),
    );
  });
}
