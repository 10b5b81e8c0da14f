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
import { Failure, formatReason } from '../../terminal/exit.ts';
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
  const found = readVolumes(volfile).flatMap(({ options }) => {
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
  // Several volumes may run one module.
  return [...new Map(found.map((build) => [build.module, build])).values()];
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

/** The end of a build; impossible without a compiler, and where the module cannot be written. */
type BuildOutcome = 'built' | 'failed' | 'impossible';

/** Builds modules, one after the other. */
export class ModuleBuilder {
  private readonly builds: readonly ModuleBuild[];
  private readonly settings: BuilderSettings;
  private readonly stopFunctions: readonly (() => void)[];
  /** The builds that are to be done. */
  private readonly pending = new Set<ModuleBuild>();
  /** Resolves when none is left; null while none is to be done. */
  private whenDone: Promise<void> | null = null;
  /** Whether modules serve while their sources are built again. */
  private isServing = false;
  /** Sources whose last build failed while the module before served. */
  private readonly failedSources = new Set<string>();

  constructor(builds: readonly ModuleBuild[], settings: BuilderSettings) {
    this.builds = builds;
    this.settings = settings;
    this.stopFunctions = builds.map((build) =>
      watchFolder(dirname(build.source), listSourceExtensions(build.source), {
        onChange: () => void this.request([build]),
        onFailure: (reason) =>
          settings.terminal.err(`glossa dev: ${build.source} is not watched: ${reason}`),
      }),
    );
  }

  /**
   * Builds the modules that are older than their sources. Resolves to false if a source has an error.
   * @throws {Failure} if a module does not exist and cannot be built
   */
  async buildOldModules(): Promise<boolean> {
    const outcomes = await this.request(this.builds.filter(isOld));
    this.isServing = true;
    for (const [{ module }, outcome] of outcomes)
      if (outcome === 'impossible' && !existsSync(module) && !this.settings.signal.aborted)
        throw new Failure(`${module} cannot be built`);
    return [...outcomes.values()].every((outcome) => outcome !== 'failed');
  }

  /** Ends the watch, after a build that is under way. */
  async close(): Promise<void> {
    for (const stop of this.stopFunctions) stop();
    this.pending.clear();
    await this.whenDone;
  }

  /** Does these builds after the one that is under way; resolves to their ends when none is left. */
  private async request(
    builds: readonly ModuleBuild[],
  ): Promise<ReadonlyMap<ModuleBuild, BuildOutcome>> {
    const outcomes = new Map<ModuleBuild, BuildOutcome>();
    for (const build of builds) this.pending.add(build);
    this.whenDone ??= this.buildPending(outcomes).finally(() => {
      this.whenDone = null;
    });
    await this.whenDone;
    return outcomes;
  }

  private async buildPending(outcomes: Map<ModuleBuild, BuildOutcome>): Promise<void> {
    for (const build of this.pending) {
      // A save from here on adds it again, behind the others.
      this.pending.delete(build);
      outcomes.set(build, await this.buildOnce(build));
      if (this.settings.signal.aborted) return;
    }
  }

  /** Runs the commands of a build, and prints their messages. */
  private async buildOnce({ source, module }: ModuleBuild): Promise<BuildOutcome> {
    const { terminal, signal } = this.settings;
    const name = basename(source);
    // An editor may have renamed it; its next save follows.
    if (!existsSync(source)) return 'failed';
    const scratch = join(this.settings.scratch, `build-${name}`);
    mkdirSync(scratch, { recursive: true });
    const plan = planMake(source, module) ?? planBuild(source, module, scratch);
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
        if (this.isServing) this.failedSources.add(source);
        return isMissing ? 'impossible' : 'failed';
      }
      output = result.output;
    }
    try {
      placeResults(plan, output);
    } catch (error) {
      terminal.err(`glossa dev: ${module} cannot be written: ${formatReason(error)}`);
      return 'impossible';
    }
    if (this.failedSources.delete(source))
      terminal.err(`glossa dev: good again: ${name} is compiled`);
    return 'built';
  }
}

/** Whether a file that the build reads is newer than the module. */
function isOld({ source, module }: ModuleBuild): boolean {
  const folder = dirname(source);
  const extensions = listSourceExtensions(source);
  const built = statSync(module, { throwIfNoEntry: false });
  if (built === undefined) return true;
  return readdirSync(folder)
    .filter((name) => extensions.includes(extname(name)))
    .map((name) => statSync(join(folder, name), { throwIfNoEntry: false }))
    .some((stats) => stats !== undefined && stats.mtimeMs > built.mtimeMs);
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
