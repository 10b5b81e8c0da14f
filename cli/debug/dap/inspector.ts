/** Answers a client's questions about a stopped request: frames, scopes, values. */
import { basename } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { LineVariable } from '../../../runtime/core/line-stops.ts';
import type { DebugClient } from '../../../runtime/debug/debug-client.ts';
import { DebugError } from '../../../runtime/debug/debug-error.ts';
import type { ModuleView } from '../../../runtime/debug/debugged-modules.ts';
import type { FrameView, Scope } from '../../../runtime/debug/scopes.ts';
import type { Value } from '../../../runtime/debug/shown-values.ts';
import { findValue, parsePath } from '../../../runtime/debug/value-path.ts';
import { fopOf } from './line-breakpoints.ts';
import type { Thread, ThreadStop } from './threads.ts';

/** The frame behind a client's number. */
type Frame =
  | { readonly at: 'hop'; readonly stop: number; readonly level: number }
  | { readonly at: 'line'; readonly volume: string; readonly frame: number }
  /** A volume above a module that is stopped at a line: only its place is known. */
  | { readonly at: 'way' };

/** The source of a list of variables. */
type Holder =
  | {
      readonly in: 'hop';
      readonly frame: Frame & { at: 'hop' };
      /** Null for a value found in any scope. */
      readonly scope: Scope['name'] | null;
      /** The path within the scope; empty for the whole scope. */
      readonly path: readonly string[];
    }
  | {
      readonly in: 'line';
      readonly volume: string;
      readonly frame: number;
      readonly parts: number;
    };

export class Inspector {
  private readonly client: DebugClient;
  private readonly frames = new Map<number, Frame>();
  private readonly holders = new Map<number, Holder>();
  /** Numbers are never reused, so that a late question cannot mean another frame. */
  private last = 0;

  constructor(client: DebugClient) {
    this.client = client;
  }

  /** Drops all frames and values, as a request continues. */
  forget(): void {
    this.frames.clear();
    this.holders.clear();
  }

  private note<T>(table: Map<number, T>, what: T): number {
    this.last += 1;
    table.set(this.last, what);
    return this.last;
  }

  // -- frames ------------------------------------------------------------------------------------

  async stackOf({ held }: Thread): Promise<DebugProtocol.StackFrame[]> {
    const [top] = held;
    if (top === undefined) throw new DebugError('this request is on its way');
    const scripts = await this.client.ask('scripts', {});
    if (top.at === 'line') return this.lineFrames(top, scripts);
    const { id: stop } = top.stop;
    const views = await this.client.ask('frames', { stop });
    return views.map((view) =>
      this.volumeFrame(view, scripts, { at: 'hop', stop, level: view.level }),
    );
  }

  private lineFrames(
    { volume, stop }: ThreadStop & { at: 'line' },
    scripts: readonly ModuleView[],
  ): DebugProtocol.StackFrame[] {
    const own = stop.frames.map(({ name, file, line }, frame) => ({
      id: this.note(this.frames, { at: 'line', volume, frame }),
      ...{ name, line, column: 1, source: sourceOf(file) },
    }));
    const way = stop.volumes.map((view) => this.volumeFrame(view, scripts, { at: 'way' }));
    return [...own, ...way];
  }

  /** The frame of a volume: at the method of its module, or at its place in the volfile. */
  private volumeFrame(
    { volume, fop, where, paths }: FrameView,
    scripts: readonly ModuleView[],
    frame: Frame,
  ): DebugProtocol.StackFrame {
    const id = this.note(this.frames, frame);
    const name = [`${fop}@${volume}`, ...paths].join(' ');
    const script = scripts.find((each) => each.volume === volume);
    const method = script?.methods.find((each) => fopOf(each.name) === fop);
    if (method !== undefined) {
      return { id, name, line: method.line, column: 1, source: sourceOf(method.file) };
    }
    const [, file, line, column] = /^(.*):(\d+):(\d+)$/.exec(where ?? '') ?? [];
    if (file === undefined) return { id, name, line: 0, column: 0 };
    return { id, name, line: Number(line), column: Number(column), source: sourceOf(file) };
  }

  private frame(id: number | undefined): Frame {
    const frame = id === undefined ? undefined : this.frames.get(id);
    if (frame === undefined) throw new DebugError('this frame is gone: the request went on');
    return frame;
  }

  // -- what they have ----------------------------------------------------------------------------

  async scopesOf(frameId: number): Promise<DebugProtocol.Scope[]> {
    const frame = this.frame(frameId);
    if (frame.at === 'way') return [];
    if (frame.at === 'line') {
      const { volume, frame: at } = frame;
      const reference = this.note(this.holders, { in: 'line', volume, frame: at, parts: 0 });
      return [
        {
          name: 'Locals',
          variablesReference: reference,
          expensive: false,
          presentationHint: 'locals',
        },
      ];
    }
    const scopes = await this.scopes(frame);
    return scopes.map(({ name, values }) => ({
      name,
      variablesReference: this.note(this.holders, { in: 'hop', frame, scope: name, path: [] }),
      namedVariables: values.length,
      expensive: false,
      ...(name === 'arguments' ? { presentationHint: 'arguments' } : {}),
    }));
  }

  private scopes({ stop, level }: Frame & { at: 'hop' }): Promise<readonly Scope[]> {
    return this.client.ask('scopes', { stop, level });
  }

  private holder(reference: number): Holder {
    const holder = this.holders.get(reference);
    if (holder === undefined) throw new DebugError('these values are gone: the request went on');
    return holder;
  }

  async variables(reference: number): Promise<DebugProtocol.Variable[]> {
    const holder = this.holder(reference);
    if (holder.in === 'line') {
      const { volume, frame, parts } = holder;
      const command =
        parts === 0 ? ({ do: 'locals', frame } as const) : ({ do: 'parts', of: parts } as const);
      const { variables = [] } = await this.client.ask('line', { volume, command });
      return variables.map((each) => this.shownOfLine(each, volume, frame));
    }
    const { frame, scope, path } = holder;
    const all = await this.scopes(frame);
    const within = scope === null ? all : all.filter(({ name }) => name === scope);
    const values = path.length === 0 ? within[0]!.values : findValue(within, path).parts;
    return values.map((value) => {
      const own = [...path, value.name];
      return { ...this.shown(value, { ...holder, path: own }), evaluateName: nameOf(own) };
    });
  }

  private shown(value: Value, parts: Holder): DebugProtocol.Variable {
    const { name, text, type } = value;
    const variablesReference = value.parts.length === 0 ? 0 : this.note(this.holders, parts);
    return { name, value: text, type, variablesReference };
  }

  private shownOfLine(
    { name, value, type, parts }: LineVariable,
    volume: string,
    frame: number,
  ): DebugProtocol.Variable {
    const variablesReference =
      parts === 0 ? 0 : this.note(this.holders, { in: 'line', volume, frame, parts });
    return { name, value, type, variablesReference };
  }

  // -- what is written ---------------------------------------------------------------------------

  async evaluate(text: string, frameId: number | undefined): Promise<DebugProtocol.Variable> {
    const frame = this.frame(frameId);
    if (frame.at === 'way') throw new DebugError('only the place of this volume is known');
    if (frame.at === 'line') {
      const { volume, frame: at } = frame;
      const command = { do: 'evaluate', frame: at, text } as const;
      const { variables } = await this.client.ask('line', { volume, command });
      return this.shownOfLine(variables![0]!, volume, at);
    }
    const path = parsePath(text);
    const value = findValue(await this.scopes(frame), path);
    return this.shown(value, { in: 'hop', frame, scope: null, path });
  }

  /** Changes a part of a reply, or a local variable of a module. */
  async set(reference: number, name: string, text: string): Promise<DebugProtocol.Variable> {
    const holder = this.holder(reference);
    if (holder.in === 'line') {
      const { volume, frame, parts } = holder;
      if (parts > 0) throw new DebugError('only locals can be set: this is a part of one');
      const command = { do: 'set', frame, name, text } as const;
      const { variables } = await this.client.ask('line', { volume, command });
      return this.shownOfLine(variables![0]!, volume, frame);
    }
    if (holder.scope !== 'reply') throw new DebugError('only a reply can be changed');
    const path = [...holder.path, name];
    const values = await this.client.ask('set', { stop: holder.frame.stop, path, value: text });
    return this.shown(findValue([{ name: 'reply', values }], path), { ...holder, path });
  }
}

const sourceOf = (path: string): DebugProtocol.Source => ({ name: basename(path), path });

/** The written form of a path: `buf.ia_size`, `xdata["user.key"]`, `list[0]`. */
const nameOf = ([first = '', ...rest]: readonly string[]): string =>
  first +
  rest
    .map((part) =>
      /^\[\d+\]$/.test(part) ? part : /^\w+$/.test(part) ? `.${part}` : `["${part}"]`,
    )
    .join('');
