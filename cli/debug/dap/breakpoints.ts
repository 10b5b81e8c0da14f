/**
 * Sets an editor's breakpoints in the debugger (the server), and maps the numbers that the debugger
 * gives them to those that the editor knows.
 */

import { extname } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { DebugClient } from '../../../runtime/debug/debug-client.ts';
import { DebugError } from '../../../runtime/debug/debug-error.ts';
import type { ModuleView } from '../../../runtime/debug/debugged-modules.ts';
import {
  type LineBreakpoint,
  makeMethodBreakpoint,
  makeVolumeBreakpoint,
  type RefusedBreakpoint,
} from './line-breakpoints.ts';

/** A breakpoint of the editor, with its two numbers. */
interface EditorBreakpoint {
  /** The number that the editor knows. */
  readonly id: number;
  /** The debugger's number; null for a line of Python, and for a refused breakpoint. */
  readonly debuggerId: number | null;
}

/** Makes the reply for a breakpoint that cannot be set. */
const makeRefusal = (id: number, message: string): DebugProtocol.Breakpoint => ({
  id,
  verified: false,
  message,
});

/** The breakpoints that the editor has set in its session. */
export class Breakpoints {
  private readonly client: DebugClient;
  private readonly volfile: string;
  /** The breakpoints by their source's path, or by the kind of breakpoints without a line. */
  private readonly byKind = new Map<string, readonly EditorBreakpoint[]>();
  /** The lines with breakpoints, by the path of a Python file. */
  private readonly linesByFile = new Map<string, readonly number[]>();
  /** The editor's number of each breakpoint in Python, by `FILE:LINE`. */
  private readonly lineIds = new Map<string, number>();
  private lastId = 0;

  constructor(client: DebugClient, volfile: string) {
    this.client = client;
    this.volfile = volfile;
  }

  /** Finds the editor's number and the kind of a breakpoint, by the debugger's number. */
  findByDebuggerId(debuggerId: number): { readonly id: number; readonly kind: string } | null {
    for (const [kind, breakpoints] of this.byKind) {
      const match = breakpoints.find((breakpoint) => breakpoint.debuggerId === debuggerId);
      if (match !== undefined) return { id: match.id, kind };
    }
    return null;
  }

  /** Finds the editor's number of a breakpoint at a line of Python. */
  findByLine(file: string, line: number): number | null {
    return this.lineIds.get(`${file}:${line}`) ?? null;
  }

  // -- texts -------------------------------------------------------------------------------------

  /** Replaces the breakpoints of a kind. @param texts arguments of the command `break` */
  async setTexts(kind: string, texts: readonly string[]): Promise<DebugProtocol.Breakpoint[]> {
    return this.replaceAll(
      kind,
      texts.map((text) => ({ text, line: 0 })),
    );
  }

  /** Deletes the breakpoints of a kind, and sets others; returns a reply for each. */
  private async replaceAll(
    kind: string,
    requested: readonly (LineBreakpoint | RefusedBreakpoint)[],
  ): Promise<DebugProtocol.Breakpoint[]> {
    for (const { debuggerId } of this.byKind.get(kind) ?? []) {
      if (debuggerId !== null) await this.client.sendCommand('delete', { id: debuggerId });
    }
    const entries: EditorBreakpoint[] = [];
    const replies: DebugProtocol.Breakpoint[] = [];
    for (const breakpoint of requested) {
      this.lastId += 1;
      const { lastId: id } = this;
      let debuggerId: number | null = null;
      if ('message' in breakpoint) replies.push(makeRefusal(id, breakpoint.message));
      else {
        try {
          debuggerId = (await this.client.sendCommand('break', { text: breakpoint.text })).id;
          replies.push({
            id,
            verified: true,
            ...(breakpoint.line > 0 ? { line: breakpoint.line } : {}),
          });
        } catch (error) {
          if (!(error instanceof DebugError)) throw error;
          replies.push(makeRefusal(id, error.message));
        }
      }
      entries.push({ id, debuggerId });
    }
    this.byKind.set(kind, entries);
    return replies;
  }

  // -- sources -----------------------------------------------------------------------------------

  /** Replaces the breakpoints of a volfile or module. Lines count from 1. */
  async setLines(path: string, lines: readonly number[]): Promise<DebugProtocol.Breakpoint[]> {
    if (extname(path) === '.vol')
      return this.replaceAll(path, this.makeVolumeBreakpoints(path, lines));
    const allScripts = await this.client.sendCommand('scripts', {});
    const scripts = allScripts.filter((script) => listModuleFiles(script).has(path));
    if (scripts.some(({ stops }) => stops) || this.linesByFile.has(path)) {
      return this.sendLines(path, lines, allScripts);
    }
    if (scripts.length > 0 && scripts.every(({ stopsAtMethodsOnly }) => stopsAtMethodsOnly)) {
      const { volume, methods } = scripts[0]!;
      const fileMethods = methods.filter(({ file }) => file === path);
      return this.replaceAll(
        path,
        lines.map((line) => makeMethodBreakpoint(fileMethods, volume, line)),
      );
    }
    const message = scripts[0]?.noLinesReason ?? 'no volume of this graph has that file';
    return this.replaceAll(
      path,
      lines.map(() => ({ message })),
    );
  }

  private makeVolumeBreakpoints(
    path: string,
    lines: readonly number[],
  ): (LineBreakpoint | RefusedBreakpoint)[] {
    if (path === this.volfile) return lines.map((line) => makeVolumeBreakpoint(path, line));
    return lines.map(() => ({ message: `this session debugs ${this.volfile}, not this file` }));
  }

  /** Sends the lines of all files to each interpreter that can stop at lines. */
  private async sendLines(
    path: string,
    lines: readonly number[],
    scripts: readonly ModuleView[],
  ): Promise<DebugProtocol.Breakpoint[]> {
    this.linesByFile.set(path, lines);
    const placedLines: (number | null)[] = lines.map(() => null);
    for (const { volume, stops } of scripts) {
      if (!stops) continue;
      const command = { do: 'watch', lines: Object.fromEntries(this.linesByFile) } as const;
      const reply = await this.client.sendCommand('line', { volume, command });
      // A line that one interpreter cannot place may be placed by another.
      reply.lines?.[path]?.forEach((line, i) => {
        placedLines[i] ??= line;
      });
    }
    for (const key of [...this.lineIds.keys()])
      if (key.startsWith(`${path}:`)) this.lineIds.delete(key);
    return placedLines.map((line) => {
      this.lastId += 1;
      if (line === null) return makeRefusal(this.lastId, 'no code runs at this line or after it');
      this.lineIds.set(`${path}:${line}`, this.lastId);
      return { id: this.lastId, verified: true, line };
    });
  }
}

/** Lists the files that have the code of a volume's module. */
const listModuleFiles = ({ path, methods }: ModuleView): ReadonlySet<string> =>
  new Set([path, ...methods.map(({ file }) => file)]);
