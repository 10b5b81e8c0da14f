/** Sets a client's breakpoints in the debugger, and maps the debugger's numbers to the client's. */

import { extname } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { DebugClient } from '../../../runtime/debug/debug-client.ts';
import { DebugError } from '../../../runtime/debug/debug-error.ts';
import type { ScriptView } from '../../../runtime/debug/scripts.ts';
import { type LineBreakpoint, methodAt, type NoBreakpoint, volumeAt } from './line-breakpoints.ts';

/** A breakpoint of the client. */
interface Set {
  readonly id: number;
  /** The debugger's number; null for a line, and for a refused breakpoint. */
  readonly engine: number | null;
}

const refused = (id: number, message: string): DebugProtocol.Breakpoint => ({
  id,
  verified: false,
  message,
});

export class Breakpoints {
  private readonly client: DebugClient;
  private readonly volfile: string;
  /** The breakpoints by source path, or by kind. */
  private readonly sets = new Map<string, readonly Set[]>();
  /** Lines of Python by file. */
  private readonly lines = new Map<string, readonly number[]>();
  /** The client's number of each such breakpoint, by file and line. */
  private readonly stops = new Map<string, number>();
  private last = 0;

  constructor(client: DebugClient, volfile: string) {
    this.client = client;
    this.volfile = volfile;
  }

  /** The client's number of a breakpoint of the debugger. */
  ofEngine(engine: number): { readonly id: number; readonly kind: string } | null {
    for (const [kind, all] of this.sets) {
      const found = all.find((each) => each.engine === engine);
      if (found !== undefined) return { id: found.id, kind };
    }
    return null;
  }

  /** The client's number of a breakpoint at a line. */
  ofLine(file: string, line: number): number | null {
    return this.stops.get(`${file}:${line}`) ?? null;
  }

  // -- texts -------------------------------------------------------------------------------------

  /** Replaces the breakpoints of a kind by these texts. */
  async setTexts(kind: string, texts: readonly string[]): Promise<DebugProtocol.Breakpoint[]> {
    return this.exchange(
      kind,
      texts.map((text) => ({ text, line: 0 })),
    );
  }

  private async exchange(
    kind: string,
    wanted: readonly (LineBreakpoint | NoBreakpoint)[],
  ): Promise<DebugProtocol.Breakpoint[]> {
    for (const { engine } of this.sets.get(kind) ?? []) {
      if (engine !== null) await this.client.ask('delete', { id: engine });
    }
    const made: Set[] = [];
    const shown: DebugProtocol.Breakpoint[] = [];
    for (const place of wanted) {
      this.last += 1;
      const { last: id } = this;
      let engine: number | null = null;
      if ('message' in place) shown.push(refused(id, place.message));
      else {
        try {
          engine = (await this.client.ask('break', { text: place.text })).id;
          shown.push({ id, verified: true, ...(place.line > 0 ? { line: place.line } : {}) });
        } catch (error) {
          if (!(error instanceof DebugError)) throw error;
          shown.push(refused(id, error.message));
        }
      }
      made.push({ id, engine });
    }
    this.sets.set(kind, made);
    return shown;
  }

  // -- sources -----------------------------------------------------------------------------------

  /** Replaces the breakpoints of a source. Lines count from 1. */
  async setLines(path: string, lines: readonly number[]): Promise<DebugProtocol.Breakpoint[]> {
    if (extname(path) === '.vol') return this.exchange(path, this.volumesAt(path, lines));
    const all = await this.client.ask('scripts', {});
    const scripts = all.filter((script) => filesOf(script).has(path));
    if (scripts.some(({ stops }) => stops) || this.lines.has(path)) {
      return this.watch(path, lines, all);
    }
    if (scripts.length > 0 && scripts.every(({ methodsOnly }) => methodsOnly)) {
      const { volume, methods } = scripts[0]!;
      const own = methods.filter(({ file }) => file === path);
      return this.exchange(
        path,
        lines.map((line) => methodAt(own, volume, line)),
      );
    }
    const message = scripts[0]?.why ?? 'no volume of this graph has that file';
    return this.exchange(
      path,
      lines.map(() => ({ message })),
    );
  }

  private volumesAt(path: string, lines: readonly number[]): (LineBreakpoint | NoBreakpoint)[] {
    if (path === this.volfile) return lines.map((line) => volumeAt(path, line));
    return lines.map(() => ({ message: `it is ${this.volfile} that is debugged` }));
  }

  /** Sends all lines to each module that can stop at lines, which picks its own. */
  private async watch(
    path: string,
    lines: readonly number[],
    scripts: readonly ScriptView[],
  ): Promise<DebugProtocol.Breakpoint[]> {
    this.lines.set(path, lines);
    const found: (number | null)[] = lines.map(() => null);
    for (const { volume, stops } of scripts) {
      if (!stops) continue;
      const command = { do: 'watch', lines: Object.fromEntries(this.lines) } as const;
      const answer = await this.client.ask('line', { volume, command });
      answer.lines?.[path]?.forEach((line, i) => {
        found[i] ??= line;
      });
    }
    for (const key of [...this.stops.keys()])
      if (key.startsWith(`${path}:`)) this.stops.delete(key);
    return found.map((line) => {
      this.last += 1;
      if (line === null) return refused(this.last, 'nothing runs at this line, or after it');
      this.stops.set(`${path}:${line}`, this.last);
      return { id: this.last, verified: true, line };
    });
  }
}

const filesOf = ({ path, methods }: ScriptView): ReadonlySet<string> =>
  new globalThis.Set([path, ...methods.map(({ file }) => file)]);
