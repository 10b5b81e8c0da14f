/**
 * Reloads the volfile of a running server (at SIGHUP), and also the code of its modules (at `glossa
 * reload`). The running volumes get the new options; if a volume cannot change them while it runs,
 * a new graph replaces the old one (`core/exchange.ts`).
 *
 * If the new volfile is refused, the graph stays, and the result has the reason.
 *
 * Source: GlusterFS `glusterfsd/src/glusterfsd-mgmt.c` (glusterfs_volfile_reconfigure).
 */

import type { GlupyState } from '../bridges/host/index.ts';
import { GraphError } from '../runtime/core/errors.ts';
import type { Graph } from '../runtime/core/graph.ts';
import type { Log } from '../runtime/core/log.ts';
import { messages } from '../runtime/core/messages.ts';
import type { VolumeSpec, Xlator } from '../runtime/core/xlator.ts';
import { Failure } from '../terminal/exit.ts';
import { UP_TIMEOUT_S } from './start-graph.ts';

/**
 * The error of a volfile whose only mistakes are unknown types: the options of its other volumes
 * are valid.
 */
export class UnknownTypesError extends Failure {
  /** The volumes of known types. */
  readonly specs: readonly VolumeSpec[];

  constructor(problems: readonly string[], specs: readonly VolumeSpec[]) {
    super(problems.join('\n'), problems);
    this.specs = specs;
  }
}

/** The result of a reload of one volfile or module. */
export interface ReloadResult {
  /** The name of the volfile, or of the volume whose module was reloaded. */
  readonly name: string;
  readonly ok: boolean;
  /** The changes made, or the reason of the failure. */
  readonly text: string;
}

/** Lists the volumes that run modules. */
export const listModuleVolumes = (graph: Graph): readonly Xlator<GlupyState>[] =>
  graph.xlators.filter((xl) => xl.type === 'features/glupy') as readonly Xlator<GlupyState>[];

/** Reloads the volfile and modules of one server. Results of refused reloads have `ok: false`. */
export class Reloader {
  private readonly graph: Graph;
  private readonly volfileName: string;
  private readonly readSpecs: () => Promise<readonly VolumeSpec[]>;
  private readonly log: Log;
  private readonly upTimeoutMs: number;
  /** Resolves after the last requested reload: reloads run one after the other. */
  private queue: Promise<unknown> = Promise.resolve();

  /**
   * @param volfileName the name of the volfile, for messages
   * @param readSpecs reads the volumes that the volfile describes now; it may throw a Failure
   * @param upTimeoutS the seconds within which the volumes of a new graph must be up
   */
  constructor(
    graph: Graph,
    volfileName: string,
    readSpecs: () => Promise<readonly VolumeSpec[]>,
    log: Log,
    upTimeoutS = UP_TIMEOUT_S,
  ) {
    this.upTimeoutMs = upTimeoutS * 1000;
    this.graph = graph;
    this.volfileName = volfileName;
    this.readSpecs = readSpecs;
    this.log = log;
  }

  /** Reloads the volfile, but not the code of the modules. */
  reloadVolfileOnly(): Promise<readonly ReloadResult[]> {
    return this.enqueue(async () => [await this.reloadVolfile()]);
  }

  /** Reloads the volfile, then the code of all modules. */
  reloadAll(): Promise<readonly ReloadResult[]> {
    return this.enqueue(async () => {
      const volfileResult = await this.reloadVolfile();
      const moduleReloads = this.graph.xlators.flatMap((xl) => {
        const moduleReload = xl.translator.reload?.(xl) ?? null;
        return moduleReload === null
          ? []
          : moduleReload.then((result) => ({ name: xl.name, ...result }));
      });
      return [volfileResult, ...(await Promise.all(moduleReloads))];
    });
  }

  /** Runs a reload after those requested before it. */
  private enqueue(
    reload: () => Promise<readonly ReloadResult[]>,
  ): Promise<readonly ReloadResult[]> {
    const results = this.queue.then(reload);
    this.queue = results;
    return results;
  }

  /** Applies the volfile as it is now: exchanges the graph if the volumes differ, then sets the options. */
  private async reloadVolfile(): Promise<ReloadResult> {
    const { volfileName } = this;
    let specs: readonly VolumeSpec[] = [];
    try {
      specs = await this.readSpecs();
      const changes = this.graph.isDescribedBy(specs)
        ? []
        : [await this.exchangeAndDescribe(specs)];
      const changedNames = this.graph.reconfigure(specs);
      if (changedNames.length > 0) changes.push(`new options for ${changedNames.join(', ')}`);
      const text = changes.join('; ') || 'no option changed';
      this.log.info(`${volfileName}: ${text}`, { msgid: messages.volfileReloaded.id });
      return { name: volfileName, ok: true, text };
    } catch (error) {
      if (!(error instanceof GraphError || error instanceof Failure)) throw error;
      if (error instanceof UnknownTypesError) specs = error.specs;
      return this.reportRefusal(specs, error.problems ?? [error.message]);
    }
  }

  /**
   * Reports a refused volfile; applies the new options that the running volumes can still accept.
   */
  private reportRefusal(specs: readonly VolumeSpec[], problems: readonly string[]): ReloadResult {
    const { volfileName } = this;
    const msgid = messages.volfileNotReloaded.id;
    for (const problem of problems) this.log.error(problem, { msgid });
    const changedNames = this.graph.reconfigurePart(specs);
    const appliedText =
      changedNames.length === 0 ? '' : `new options for ${changedNames.join(', ')} all the same`;
    const unchangedText = 'everything stays as it was';
    const text = appliedText === '' ? unchangedText : `${unchangedText}; ${appliedText}`;
    this.log.error(`${volfileName}: ${text}`, { msgid });
    const lines = appliedText === '' ? problems : [...problems, appliedText];
    return { name: volfileName, ok: false, text: `${unchangedText}: ${lines.join('\n')}` };
  }

  /** Replaces the graph, and describes which volumes are new, removed and kept. */
  private async exchangeAndDescribe(specs: readonly VolumeSpec[]): Promise<string> {
    const { startedNames, removedNames, keptNames } = await this.graph.exchange(
      specs,
      this.upTimeoutMs,
    );
    const parts = [`begun ${startedNames.join(', ') || 'none'}`];
    if (removedNames.length > 0) parts.push(`gone ${removedNames.join(', ')}`);
    if (keptNames.length > 0) parts.push(`the same ${keptNames.join(', ')}`);
    return `another graph: ${parts.join('; ')}`;
  }
}
