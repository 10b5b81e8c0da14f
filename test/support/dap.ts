/** Runs `glossa debug --dap` as an editor does: a client of the Debug Adapter Protocol. */
import { DebugClient } from '@vscode/debugadapter-testsupport';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { expect, vi } from 'vitest';
import { glossaCommand, type Scratch } from './mount.ts';

const PATIENCE = { timeout: 60_000, interval: 10 };
const EVENTS = ['initialized', 'output', 'stopped', 'thread', 'exited', 'terminated'];

export class DapClient extends DebugClient {
  /** Received events that `next` has not returned. */
  readonly events: DebugProtocol.Event[] = [];

  static async start(scratch: Scratch): Promise<DapClient> {
    const script = `exec ${glossaCommand} debug --dap\n`;
    const adapter = await scratch.writeFile('adapter.sh', script);
    const env = { ...process.env, TMPDIR: await scratch.makeFolder('tmp') };
    const client = new DapClient('/bin/sh', adapter, 'glossa', { cwd: scratch.path, env });
    for (const name of EVENTS) client.on(name, (event) => client.events.push(event));
    await client.start();
    await client.initializeRequest();
    return client;
  }

  /** Drops the connection without a disconnect request. */
  dropConnection(): void {
    // biome-ignore lint/complexity/useLiteralKeys: private to the client of others
    this['stopAdapter']();
  }

  /** Waits for the next event of this name; others stay queued. */
  nextEvent<E extends DebugProtocol.Event>(name: string): Promise<E['body']> {
    return vi.waitFor(() => {
      const at = this.events.findIndex(({ event }) => event === name);
      expect({ at, events: this.events }).not.toMatchObject({ at: -1 });
      return this.events.splice(at, 1)[0]!.body as E['body'];
    }, PATIENCE);
  }

  /** Launches the program, sets breakpoints by `setUp`, and starts it. */
  async run(args: object, setUp: () => Promise<void> = async () => {}): Promise<void> {
    await this.launchRequest(args);
    await this.nextEvent('initialized');
    await setUp();
    await this.configurationDoneRequest();
  }

  /** Waits until a request is held; returns where and why. */
  async awaitStop() {
    const { threadId, ...why } = (await this.nextEvent<DebugProtocol.StoppedEvent>('stopped')) as {
      threadId: number;
      reason: string;
      hitBreakpointIds?: number[];
    };
    const { body } = await this.stackTraceRequest({ threadId });
    return { threadId, ...why, frames: body.stackFrames };
  }

  async setLineBreakpoints(path: string, ...lines: number[]): Promise<DebugProtocol.Breakpoint[]> {
    const breakpoints = lines.map((line) => ({ line }));
    const { body } = await this.setBreakpointsRequest({ source: { path }, breakpoints });
    return body.breakpoints;
  }

  async setBreakpointsByName(...names: string[]): Promise<DebugProtocol.Breakpoint[]> {
    const breakpoints = names.map((name) => ({ name }));
    return (await this.setFunctionBreakpointsRequest({ breakpoints })).body.breakpoints;
  }

  /** Finds the reference of a frame's scope. */
  async findScope(frameId: number, name: string): Promise<number> {
    const { scopes } = (await this.scopesRequest({ frameId })).body;
    return scopes.find((scope) => scope.name === name)!.variablesReference;
  }

  /** Reads variables as values by name. */
  async readVariables(variablesReference: number): Promise<Record<string, string>> {
    const { variables } = (await this.variablesRequest({ variablesReference })).body;
    return Object.fromEntries(variables.map(({ name, value }) => [name, value]));
  }

  async print(expression: string, frameId: number): Promise<string> {
    return (await this.evaluateRequest({ expression, frameId })).body.result;
  }

  /** Returns the output of a stream so far. */
  readOutput(category: string): string {
    return this.events
      .filter(({ event, body }) => event === 'output' && body.category === category)
      .map(({ body }) => body.output)
      .join('');
  }
}
