/** Sets a client's breakpoints in the engine, and finds the client's number of one that has stopped a request. */

import { extname } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { DebugClient } from '../../../runtime/debug/debug-client.ts';
import { DebugError } from '../../../runtime/debug/debug-error.ts';
import type { ScriptView } from '../../../runtime/debug/scripts.ts';
import { type Found, methodAt, type NotFound, volumeAt } from './places.ts';

/** A breakpoint that the client knows. */
interface Set {
  readonly id: number;
  /** The engine's; none for one of a line, or where it could not be. */
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
  /** By what they were set with: a source's path, or a kind. */
  private readonly sets = new Map<string, readonly Set[]>();
  /** Lines of Python, by their files. */
  private readonly lines = new Map<string, readonly number[]>();
  /** Where those stop: the client's number, by file and line. */
  private readonly stops = new Map<string, number>();
  private last = 0;

  constructor(client: DebugClient, volfile: string) {
    this.client = client;
    this.volfile = volfile;
  }

  /** The client's number for a breakpoint of the engine's. */
  ofEngine(engine: number): { readonly id: number; readonly kind: string } | null {
    for (const [kind, all] of this.sets) {
      const found = all.find((each) => each.engine === engine);
      if (found !== undefined) return { id: found.id, kind };
    }
    return null;
  }

  /** The same for a line that a script has stopped at. */
  ofLine(file: string, line: number): number | null {
    return this.stops.get(`${file}:${line}`) ?? null;
  }

  // -- texts -------------------------------------------------------------------------------------

  /** Breakpoints as a person writes them, in place of those of this kind. */
  async setTexts(kind: string, texts: readonly string[]): Promise<DebugProtocol.Breakpoint[]> {
    return this.exchange(
      kind,
      texts.map((text) => ({ text, line: 0 })),
    );
  }

  private async exchange(
    kind: string,
    wanted: readonly (Found | NotFound)[],
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

  /** Those of a source, in place of those that it had. Lines count from 1. */
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

  private volumesAt(path: string, lines: readonly number[]): (Found | NotFound)[] {
    if (path === this.volfile) return lines.map((line) => volumeAt(path, line));
    return lines.map(() => ({ message: `it is ${this.volfile} that is debugged` }));
  }

  /** Every script that can gets all lines: each knows which are its own. */
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
