/** Answers the editor's questions about a stopped request: its frames, with scopes and values. */
import { basename } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { LineVariable } from '../../../runtime/core/line-stops.ts';
import type { DebugClient } from '../../../runtime/debug/debug-client.ts';
import { DebugError } from '../../../runtime/debug/debug-error.ts';
import type { ModuleView } from '../../../runtime/debug/debugged-modules.ts';
import type { FrameView, Scope, ShownValue } from '../../../runtime/debug/shown-values.ts';
import { findValue, parsePath } from '../../../runtime/debug/value-path.ts';
import { findFop } from './line-breakpoints.ts';
import type { Thread, ThreadStop } from './threads.ts';

/** The volume or the line of a module that a frame's number in the editor stands for. */
type FrameTarget =
  | { readonly kind: 'hop'; readonly stop: number; readonly level: number }
  | { readonly kind: 'line'; readonly volume: string; readonly frame: number }
  /** A volume above a module that is stopped at a line: its values are not available. */
  | { readonly kind: 'above-module' };

/** The place of the variables to which a reference of the editor (a number) refers. */
type VariableSource =
  | {
      readonly kind: 'hop';
      readonly frame: FrameTarget & { kind: 'hop' };
      /** Null for a value found in any scope. */
      readonly scope: Scope['name'] | null;
      /** The path within the scope; empty for the whole scope. */
      readonly path: readonly string[];
    }
  | {
      readonly kind: 'line';
      readonly volume: string;
      readonly frame: number;
      /** The interpreter's number of the value whose parts these are; 0 for the frame's locals. */
      readonly parts: number;
    };

/** Gives frames and variables numbers, by which the editor asks for their contents. */
export class Inspector {
  private readonly client: DebugClient;
  private readonly frames = new Map<number, FrameTarget>();
  private readonly variableSources = new Map<number, VariableSource>();
  /** The last number used. No number is used twice, so that a late request reaches no other frame. */
  private lastReference = 0;

  constructor(client: DebugClient) {
    this.client = client;
  }

  /** Drops all frames and values, when a request continues. */
  clear(): void {
    this.frames.clear();
    this.variableSources.clear();
  }

  /** Puts a value into a table under a new number; returns the number. */
  private addReference<T>(table: Map<number, T>, value: T): number {
    this.lastReference += 1;
    table.set(this.lastReference, value);
    return this.lastReference;
  }

  // -- frames -------------------------------------------------------------------------------------

  /** Fetches the frames of a stopped thread, the innermost first. */
  async fetchStack({ stops }: Thread): Promise<DebugProtocol.StackFrame[]> {
    const [top] = stops;
    if (top === undefined) throw new DebugError('this request is on its way');
    const scripts = await this.client.sendCommand('scripts', {});
    if (top.kind === 'line') return this.makeLineFrames(top, scripts);
    const { id: stop } = top.stop;
    const views = await this.client.sendCommand('frames', { stop });
    return views.map((view) =>
      this.makeVolumeFrame(view, scripts, { kind: 'hop', stop, level: view.level }),
    );
  }

  /** Makes the frames of a thread at a line: those of the module, then those of the volumes. */
  private makeLineFrames(
    { volume, stop }: ThreadStop & { kind: 'line' },
    scripts: readonly ModuleView[],
  ): DebugProtocol.StackFrame[] {
    const moduleFrames = stop.frames.map(({ name, file, line }, frame) => ({
      id: this.addReference(this.frames, { kind: 'line', volume, frame }),
      ...{ name, line, column: 1, source: makeSource(file) },
    }));
    const volumeFrames = stop.volumes.map((view) =>
      this.makeVolumeFrame(view, scripts, { kind: 'above-module' }),
    );
    return [...moduleFrames, ...volumeFrames];
  }

  /**
   * Makes a volume's frame: its position is the method of its module, or its block in the volfile.
   */
  private makeVolumeFrame(
    { volume, fop, where, paths }: FrameView,
    scripts: readonly ModuleView[],
    frame: FrameTarget,
  ): DebugProtocol.StackFrame {
    const id = this.addReference(this.frames, frame);
    const name = [`${fop}@${volume}`, ...paths].join(' ');
    const script = scripts.find((candidate) => candidate.volume === volume);
    const method = script?.methods.find(({ name: methodName }) => findFop(methodName) === fop);
    if (method !== undefined) {
      return { id, name, line: method.line, column: 1, source: makeSource(method.file) };
    }
    const [, file, line, column] = /^(.*):(\d+):(\d+)$/.exec(where ?? '') ?? [];
    if (file === undefined) return { id, name, line: 0, column: 0 };
    return { id, name, line: Number(line), column: Number(column), source: makeSource(file) };
  }

  /** Finds a frame by its number. @throws {DebugError} if it was dropped */
  private requireFrame(id: number | undefined): FrameTarget {
    const frame = id === undefined ? undefined : this.frames.get(id);
    if (frame === undefined) throw new DebugError('this frame is gone: the request went on');
    return frame;
  }

  // -- variables ----------------------------------------------------------------------------------

  /** Lists the scopes of a frame, such as its arguments and reply. @throws {DebugError} */
  async listScopes(frameId: number): Promise<DebugProtocol.Scope[]> {
    const frame = this.requireFrame(frameId);
    if (frame.kind === 'above-module') return [];
    if (frame.kind === 'line') {
      const { volume, frame: index } = frame;
      const reference = this.addReference(this.variableSources, {
        kind: 'line',
        volume,
        frame: index,
        parts: 0,
      });
      return [
        {
          name: 'Locals',
          variablesReference: reference,
          expensive: false,
          presentationHint: 'locals',
        },
      ];
    }
    const scopes = await this.fetchScopes(frame);
    return scopes.map(({ name, values }) => ({
      name,
      variablesReference: this.addReference(this.variableSources, {
        kind: 'hop',
        frame,
        scope: name,
        path: [],
      }),
      namedVariables: values.length,
      expensive: false,
      ...(name === 'arguments' ? { presentationHint: 'arguments' } : {}),
    }));
  }

  private fetchScopes({ stop, level }: FrameTarget & { kind: 'hop' }): Promise<readonly Scope[]> {
    return this.client.sendCommand('scopes', { stop, level });
  }

  /** Finds the place of variables by their number. @throws {DebugError} if it was dropped */
  private requireVariableSource(reference: number): VariableSource {
    const source = this.variableSources.get(reference);
    if (source === undefined) throw new DebugError('these values are gone: the request went on');
    return source;
  }

  /** Lists the variables of a scope, or the parts of a variable. @throws {DebugError} */
  async listVariables(reference: number): Promise<DebugProtocol.Variable[]> {
    const source = this.requireVariableSource(reference);
    if (source.kind === 'line') {
      const { volume, frame, parts } = source;
      const command =
        parts === 0 ? ({ do: 'locals', frame } as const) : ({ do: 'parts', of: parts } as const);
      const { variables = [] } = await this.client.sendCommand('line', { volume, command });
      return variables.map((variable) => this.makeLineVariable(variable, volume, frame));
    }
    const { frame, scope, path } = source;
    const scopes = await this.fetchScopes(frame);
    const searchedScopes = scope === null ? scopes : scopes.filter(({ name }) => name === scope);
    const values =
      path.length === 0 ? searchedScopes[0]!.values : findValue(searchedScopes, path).parts;
    return values.map((value) => {
      const valuePath = [...path, value.name];
      return {
        ...this.makeVariable(value, { ...source, path: valuePath }),
        evaluateName: formatPath(valuePath),
      };
    });
  }

  /** Makes a variable for the editor. @param partsSource the place of its parts */
  private makeVariable(value: ShownValue, partsSource: VariableSource): DebugProtocol.Variable {
    const { name, text, type } = value;
    // 0 tells the editor that there are no parts.
    const variablesReference =
      value.parts.length === 0 ? 0 : this.addReference(this.variableSources, partsSource);
    return { name, value: text, type, variablesReference };
  }

  /** Makes a variable of a module; `parts` is the interpreter's number of its parts, 0 for none. */
  private makeLineVariable(
    { name, value, type, parts }: LineVariable,
    volume: string,
    frame: number,
  ): DebugProtocol.Variable {
    const variablesReference =
      parts === 0
        ? 0
        : this.addReference(this.variableSources, { kind: 'line', volume, frame, parts });
    return { name, value, type, variablesReference };
  }

  // -- expressions and changes --------------------------------------------------------------------

  /** Finds the value of an expression in a frame. @throws {DebugError} */
  async evaluate(text: string, frameId: number | undefined): Promise<DebugProtocol.Variable> {
    const frame = this.requireFrame(frameId);
    if (frame.kind === 'above-module')
      throw new DebugError('only the place of this volume is known');
    if (frame.kind === 'line') {
      const { volume, frame: index } = frame;
      const command = { do: 'evaluate', frame: index, text } as const;
      const { variables } = await this.client.sendCommand('line', { volume, command });
      return this.makeLineVariable(variables![0]!, volume, index);
    }
    const path = parsePath(text);
    const value = findValue(await this.fetchScopes(frame), path);
    return this.makeVariable(value, { kind: 'hop', frame, scope: null, path });
  }

  /** Changes a part of a reply, or a local variable of a module. @throws {DebugError} */
  async setVariable(
    reference: number,
    name: string,
    text: string,
  ): Promise<DebugProtocol.Variable> {
    const source = this.requireVariableSource(reference);
    if (source.kind === 'line') {
      const { volume, frame, parts } = source;
      if (parts > 0) throw new DebugError('only locals can be set: this is a part of one');
      const command = { do: 'set', frame, name, text } as const;
      const { variables } = await this.client.sendCommand('line', { volume, command });
      return this.makeLineVariable(variables![0]!, volume, frame);
    }
    if (source.scope !== 'reply') throw new DebugError('only a reply can be changed');
    const path = [...source.path, name];
    const values = await this.client.sendCommand('set', {
      stop: source.frame.stop,
      path,
      value: text,
    });
    return this.makeVariable(findValue([{ name: 'reply', values }], path), { ...source, path });
  }
}

const makeSource = (path: string): DebugProtocol.Source => ({ name: basename(path), path });

/** Formats a value's path as an expression: `buf.ia_size`, `xdata["user.key"]`, `list[0]`. */
const formatPath = ([first = '', ...rest]: readonly string[]): string =>
  first +
  rest
    .map((part) =>
      /^\[\d+\]$/.test(part) ? part : /^\w+$/.test(part) ? `.${part}` : `["${part}"]`,
    )
    .join('');
