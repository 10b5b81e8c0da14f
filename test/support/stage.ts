/**
 * A stage: one mount that the tests of a group share, and beside it a bare folder, in which the
 * same commands must do the same.
 *
 *     onStage('ls', ['posix', 'python'], (stage) => {
 *       it('lists', () => stage.same('touch f; ls'));
 *     });
 *
 * Every test has a new folder in the mount and one outside. At the end of the group the server must
 * end well, with nothing in its log that is an error.
 */
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, vi } from 'vitest';
import { type Caller, Client, type ClientSettings, NOBODY } from './client.ts';
import { fuseNativeObstacle, whyNot } from './fuse-native.ts';
import {
  describeMounts,
  errorsIn,
  makeScratch,
  type Outcome,
  type Scratch,
  type ServedMount,
  type StartSettings,
  startMount,
} from './mount.ts';
import { type Kind, type Module, titles, volfileOf, withModule } from './stacks.ts';
import { treeOf } from './tree.ts';
import { programOf } from './user.ts';

export { errorsIn };

// A client that does not end is to be the failure, not the test that waits for it.
vi.setConfig({ testTimeout: 200_000, hookTimeout: 60_000 });

export interface StageSettings extends StartSettings {
  readonly above?: Module;
  /** The log may have errors in it. */
  readonly mayComplain?: boolean;
  /** Who mounts, and uses the mount; by default whoever runs the tests. */
  readonly owner?: Caller;
}

export interface SameSettings extends ClientSettings {
  /** Names of folders that are left out when the results are compared. */
  readonly prune?: readonly string[];
  /** Changes what may differ in what the command says. */
  readonly normal?: (text: string) => string;
  /** The exit status that the command must end with, here and there. */
  readonly status?: number;
  /** False: only what was said is compared, not what is there afterwards. */
  readonly tree?: boolean;
}

export class Stage {
  readonly kind: Kind;
  scratch!: Scratch;
  mount!: ServedMount;
  private readonly settings: StageSettings;
  private readonly clients = new Set<Client>();
  /** Seconds since 1970. */
  private since = 0;
  private serial = 0;

  constructor(kind: Kind, settings: StageSettings) {
    this.kind = kind;
    this.settings = settings;
  }

  async start(): Promise<void> {
    this.scratch = await makeScratch();
    // Other users come this way.
    await chmod(this.scratch.path, 0o755);
    const brick = await this.scratch.folder('brick');
    await this.scratch.folder('bare');
    this.since = Date.now() / 1000 - 60;
    const { above, owner, ...settings } = this.settings;
    let volfile = await volfileOf(this.scratch, this.kind, brick);
    if (above !== undefined) volfile = await withModule(this.scratch, volfile, above);
    const more = owner === undefined ? {} : await programOf(this.scratch, owner);
    const own = this.kind === 'native' ? { args: NATIVE_ARGS } : {};
    this.mount = await startMount(this.scratch, volfile, { ...own, ...settings, ...more });
  }

  /** Ends the server, which must not have anything to complain about. */
  async stop(): Promise<void> {
    try {
      if (this.mount === undefined) return;
      const status = await this.mount.stop();
      if (!this.settings.mayComplain) expect(errorsIn(this.mount.log())).toEqual([]);
      expect(status).toBe(0);
    } finally {
      for (const client of this.clients) client.kill();
      await this.scratch.clean();
    }
  }

  /** Names for a test's folder in the mount, and for the one outside. */
  folders(): { readonly mounted: string; readonly bare: string; readonly name: string } {
    this.serial += 1;
    // By itself in a folder, so that the parents are alike, too.
    const name = `${this.serial}/work`;
    return { name, mounted: join(this.mount.path, name), bare: this.scratch.at('bare', name) };
  }

  /** Starts a script in a folder of the mount. */
  client(folder: string, script: string, settings?: ClientSettings): Client {
    const { owner } = this.settings;
    const client = new Client(folder, script, owner ? { as: owner, ...settings } : settings);
    this.clients.add(client);
    return client;
  }

  /** Runs a script, in a new folder of the mount unless told otherwise, to its end. */
  sh(script: string, settings: ClientSettings & { in?: string } = {}): Promise<Outcome> {
    return this.client(settings.in ?? this.folders().mounted, script, settings).outcome;
  }

  /** Runs a script that has to succeed; what it wrote. */
  async ok(script: string, settings: ClientSettings & { in?: string } = {}): Promise<string> {
    const { status, out, err } = await this.sh(script, settings);
    expect({ status, err }, script).toEqual({ status: 0, err: '' });
    return out;
  }

  /**
   * Runs a script in the bare folder and in the mount: its exit status, what it writes and what it
   * leaves must be the same. The result is that of the mount.
   */
  async same(script: string, settings: SameSettings = {}): Promise<Outcome> {
    const { mounted, bare, name } = this.folders();
    const outcomes: Outcome[] = [];
    for (const folder of [bare, mounted]) {
      const { status, signal, out, err } = await this.client(folder, script, settings).outcome;
      const normal = (text: string): string => {
        const plain = text.replaceAll(folder, 'HERE');
        return settings.normal?.(plain) ?? plain;
      };
      outcomes.push({ status, signal, out: normal(out), err: normal(err) });
    }
    expect(outcomes[1]).toEqual(outcomes[0]);
    if (settings.status !== undefined) expect(outcomes[1]!.status).toBe(settings.status);
    if (settings.tree === false) return outcomes[1]!;
    const how = { before: this.since, prune: settings.prune ?? [], as: this.settings.owner };
    const expected = await treeOf(bare, how);
    expect(await treeOf(mounted, how)).toEqual(expected);
    // What the mount shows is what is there.
    if (this.kind !== 'memory') {
      expect(await treeOf(this.scratch.at('brick', name), how)).toEqual(expected);
    }
    return outcomes[1]!;
  }
}

/** Nothing is believed: names of one inode, of which libfuse makes several, would disagree. */
const NATIVE_ARGS = ['--fuse', 'fuse-native', '--attribute-timeout', '0', '--entry-timeout', '0'];

/** Those that can be tried here; what is left out is said, or is a failure. */
function possible(title: string, kinds: readonly Kind[]): readonly Kind[] {
  const why = kinds.includes('native') ? fuseNativeObstacle() : '';
  if (why === '' || process.env.GLOSSA_REQUIRE_ALL === '1') return kinds;
  process.stderr.write(`skipped: ${title}: ${titles.native}: ${why}\n`);
  return kinds.filter((kind) => kind !== 'native');
}

/** A group of tests for each of these stacks. */
export function onStage(
  title: string,
  kinds: readonly Kind[],
  body: (stage: Stage) => void,
  settings: StageSettings = {},
): void {
  describeMounts(title, () => {
    describe.each(possible(title, kinds).map((kind) => [titles[kind], kind] as const))(
      '%s',
      (_, kind) => {
        const stage = new Stage(kind, settings);
        beforeEach(({ task }) => {
          // What cannot work there must not seem to.
          if (kind === 'native' && whyNot(task.name) !== undefined)
            Object.assign(task, { fails: true });
        });
        beforeAll(() => stage.start());
        afterAll(() => stage.stop());
        body(stage);
      },
    );
  });
}

/**
 * The same group on mounts of an ordinary user, through fusermount3. Only root can be somebody
 * else; who runs the tests without it has mounted as a user everywhere.
 */
export function onUsersStage(
  title: string,
  kinds: readonly Kind[],
  body: (stage: Stage) => void,
): void {
  describe.runIf(process.getuid?.() === 0)('as an ordinary user', () =>
    onStage(title, kinds, body, { owner: NOBODY }),
  );
}
