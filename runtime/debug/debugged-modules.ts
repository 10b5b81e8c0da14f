/**
 * Lists the modules of a graph, and forwards a debugger's line commands to them
 * (`core/line-stops.ts`). `DebugServer` owns it, and sends its events to the front end.
 */
import type { Graph } from '../core/graph.ts';
import {
  type DebuggableModule,
  type LineCommand,
  LineError,
  type LineReply,
  type LineStops,
  type StoppedRequest,
} from '../core/line-stops.ts';
import type { Xlator } from '../core/xlator.ts';
import { checkVolume } from '../observe/filter.ts';
import { DebugError } from './debug-error.ts';
import { listArgumentPaths } from './hops.ts';
import type { FrameView } from './shown-values.ts';

/** A module of the graph, as the front end shows it. */
export interface ModuleView extends Omit<DebuggableModule, 'lines'> {
  readonly volume: string;
  /** Whether the module can stop at its lines; if not, `noLinesReason` says why. */
  readonly stops: boolean;
}

/** A module that is stopped at a line: its volume waits, and other volumes continue. */
export interface LineStopView {
  readonly reason: 'breakpoint' | 'step';
  /** The serial number of the module's request; null without a request. */
  readonly request: number | null;
  /** The caller of the request; 0 without a request. */
  readonly pid: number;
  /** The operation of the request (`LOOKUP`); empty without a request. */
  readonly op: string;
  /** The module's call stack, innermost first. */
  readonly frames: readonly {
    readonly name: string;
    readonly file: string;
    readonly line: number;
  }[];
  /** The volumes of the request, from the module's own up. */
  readonly volumes: readonly FrameView[];
}

/** Reports that a module has stopped or continues. */
export type LineEvent = {
  readonly event: 'line';
  readonly volume: string;
  /** The stop; null when the module continues. */
  readonly at: LineStopView | null;
};

export class DebuggedModules {
  private readonly graph: Graph;
  private readonly emit: (event: LineEvent) => void;
  /** The modules that have received commands, which `endDebugging` releases. */
  private readonly debuggedModules = new Set<LineStops>();

  constructor(graph: Graph, emit: (event: LineEvent) => void) {
    this.graph = graph;
    this.emit = emit;
  }

  /** Lists the modules in the graph's order. */
  list(): ModuleView[] {
    return this.graph.xlators.flatMap((xl) => {
      const module = findModule(xl);
      if (module === null) return [];
      const { lines, ...rest } = module;
      return [{ ...rest, volume: xl.name, stops: lines !== null }];
    });
  }

  /** Sends a command to a volume's module. @throws {DebugError | FilterError} */
  async sendCommand(volume: string, command: LineCommand): Promise<LineReply> {
    const { xlators } = this.graph;
    checkVolume(
      volume,
      xlators.map(({ name }) => name),
    );
    const xl = xlators.find(({ name }) => name === volume)!;
    const module = findModule(xl);
    if (module === null) throw new DebugError(`volume '${volume}' runs no module`);
    const { lines, noLinesReason } = module;
    if (lines === null) throw new DebugError(noLinesReason);
    this.debuggedModules.add(lines);
    lines.listener = () => this.emit({ event: 'line', volume, at: makeStopView(xl) });
    try {
      return await lines.sendCommand(command);
    } catch (error) {
      if (error instanceof LineError) throw new DebugError(error.message);
      throw error;
    }
  }

  /** Ends debugging: all stopped modules continue. */
  endDebugging(): void {
    for (const lines of this.debuggedModules) lines.removeDebugger();
    this.debuggedModules.clear();
  }
}

const findModule = (xl: Xlator): DebuggableModule | null => xl.translator.script?.(xl) ?? null;

/** Describes the stop of a volume's module; null while the module runs. */
function makeStopView(xl: Xlator): LineStopView | null {
  const stop = findModule(xl)?.lines?.stop ?? null;
  if (stop === null) return null;
  const { reason, frames, request } = stop;
  const root = request?.frame.root;
  return {
    reason,
    frames,
    request: root?.unique ?? null,
    pid: root?.pid ?? 0,
    op: root?.op ?? '',
    volumes: request === null ? [] : listVolumes(request),
  };
}

/** Lists the volumes of a stopped request, from the module's own up to the initiator. */
function listVolumes({ frame, args }: StoppedRequest): FrameView[] {
  const views: FrameView[] = [];
  const paths = listArgumentPaths({ args: [...args] });
  const fop = frame.root.op.toLowerCase();
  for (let current: typeof frame | null = frame; current !== null; current = current.parent) {
    const { name, type, position } = current.xl;
    views.push({ level: views.length, volume: name, type, fop, paths, where: position ?? null });
  }
  return views;
}
