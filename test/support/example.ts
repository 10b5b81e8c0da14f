/**
 * An example on a real mount: its volfile and modules in the test's folder, over empty folders.
 *
 *     onExample('quota', (example) => {
 *       it('prints a file', async () => expect(await example.ok('echo hello > f; cat f')).toBe('hello\n'));
 *     });
 *
 * The tests of a group share one mount. At its end the server must end well, with no error in its
 * log.
 */
import { chmod, cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { Client, type ClientSettings } from './client.ts';
import type { ServedMount } from './mount.ts';
import { describeMounts, makeScratch, type Outcome, type Scratch, startMount } from './mount.ts';
import { findErrors } from './stage.ts';

export interface ExampleSettings {
  /** The group's name, after the example's. */
  readonly title?: string;
  /** The folder of the example's that has volfile and modules; by default its own. */
  readonly from?: string;
  /** As `--xlator-option`: VOLUME.KEY=VALUE. */
  readonly options?: readonly string[];
  /** Changes the text of the volfile; `folder` is the test's own. */
  readonly edit?: (volfile: string, folder: string) => string;
  /** The log may have errors in it. */
  readonly mayComplain?: boolean;
}

type ShellSettings = ClientSettings & { readonly in?: string };

export class Example {
  readonly name: string;
  scratch!: Scratch;
  mount!: ServedMount;
  private readonly settings: ExampleSettings;
  private readonly clients = new Set<Client>();
  private volfile = '';

  constructor(name: string, settings: ExampleSettings) {
    this.name = name;
    this.settings = settings;
  }

  async start(): Promise<void> {
    const { name, settings } = this;
    this.scratch = await makeScratch();
    // Other users must reach the mount.
    await chmod(this.scratch.path, 0o755);
    const folder = join(packageRoot, 'examples', name, settings.from ?? '');
    await cp(folder, this.scratch.path, { recursive: true });
    const text = await readFile(this.scratch.at(`${name}.vol`), 'utf8');
    for (const [, folder] of text.matchAll(/option directory (\S+)/g)) {
      await this.scratch.makeFolder(folder!);
    }
    this.volfile = settings.edit?.(text, this.scratch.path) ?? text;
    await this.serve();
  }

  async serve(options: readonly string[] = this.settings.options ?? []): Promise<void> {
    const args = options.flatMap((option) => ['--xlator-option', option]);
    this.mount = await startMount(this.scratch, this.volfile, { args });
  }

  /** Unmounts, and mounts again. */
  async restart(options?: readonly string[]): Promise<void> {
    expect(await this.mount.stop()).toBe(0);
    await this.serve(options);
  }

  async stop(): Promise<void> {
    try {
      if (this.mount === undefined) return;
      const status = await this.mount.stop();
      if (!this.settings.mayComplain) expect(findErrors(this.mount.log())).toEqual([]);
      expect(status).toBe(0);
    } finally {
      for (const client of this.clients) client.kill();
      await this.scratch.clean();
    }
  }

  /** Runs a script in a folder of the mount; `$BRICK` is the storage's folder. */
  runScript(
    script: string,
    { in: folder = '', ...settings }: ShellSettings = {},
  ): Promise<Outcome> {
    const env = { BRICK: this.scratch.at('files'), SCRATCH: this.scratch.path, ...settings.env };
    const client = new Client(join(this.mount.path, folder), script, { ...settings, env });
    this.clients.add(client);
    return client.outcome;
  }

  /** Runs a script that must succeed without error output; returns its output. */
  async runOk(script: string, settings: ShellSettings = {}): Promise<string> {
    const { status, out, err } = await this.runScript(script, settings);
    expect({ status, err }, script).toEqual({ status: 0, err: '' });
    return out;
  }

  /** Runs one command that must fail; returns the end of its error. */
  async runFailing(command: string, settings: ShellSettings = {}): Promise<string> {
    const { status, err } = await this.runScript(command, settings);
    expect(status, command).not.toBe(0);
    return err.trimEnd().split(': ').at(-1)!;
  }

  /** The module's log lines, without their prefix. */
  moduleLog(): string[] {
    const lines = this.mount.log().split('\n');
    return lines.flatMap((line) => {
      const match = /^\[[^\]]+\] [A-Z] \[[\w.-]+\.(?:py|js):\d+:\w+\] \S+: (.*)$/.exec(line);
      return match === null ? [] : [match[1]!];
    });
  }
}

/** A group of tests on one mount of an example. */
export function onExample(
  name: string,
  body: (example: Example) => void,
  settings: ExampleSettings = {},
): void {
  vi.setConfig({ testTimeout: 100_000, hookTimeout: 60_000 });
  describeMounts(`${name}${settings.title ? `: ${settings.title}` : ''}`, () => {
    const example = new Example(name, settings);
    beforeAll(() => example.start());
    afterAll(() => example.stop());
    body(example);
  });
}

/** A command that exchanges two names: `mv --exchange` is too new for many systems. */
export const exchange = (one: string, other: string): string =>
  `python3 -c 'import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
if libc.renameat2(-100, b"${one}", -100, b"${other}", 2) < 0:
    sys.exit("exchange: " + os.strerror(ctypes.get_errno()))'`;
