/**
 * A stage: one mount that the tests of a group share, and a bare folder, in which the same commands
 * must have the same results.
 *
 *     onStage('ls', { kernel: ['posix', 'python'], user: ['posix'] }, (stage) => {
 *       it('lists a new file', () => stage.same('touch f; ls'));
 *     });
 *
 * Every test has a new folder in the mount and one outside. At the end of the group the server must
 * end with status 0 and no error in its log.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { brickLimits } from './brick-limits.ts';
import { startBricks } from './bricks.ts';
import type { Client, ClientSettings } from './client.ts';
import { type FrontEnd, type FrontEndName, selectFrontEnds } from './front-ends.ts';
import { type Bricks, findBrickObstacle, mountBy } from './gluster.ts';
import { expectLimits } from './limits.ts';
import {
  describeMounts,
  findErrors,
  type Outcome,
  type Scratch,
  type StartSettings,
  type TestMount,
} from './mount.ts';
import {
  distributeKinds,
  hasFolder,
  isOnBricks,
  type Kind,
  type Module,
  makeVolfile,
  otherKinds,
  ourKinds,
  titles,
  usesGlusterfs,
  withModule,
} from './stacks.ts';
import { selected } from './test-selection.ts';
import { listTree } from './tree.ts';

export { findErrors };

export interface StageSettings extends StartSettings {
  readonly above?: Module;
  /** The log may have errors in it. */
  readonly mayComplain?: boolean;
  /** More stacks that run in `test:long` only. */
  readonly later?: readonly Kind[];
}

export interface SameSettings extends ClientSettings {
  /** Names of folders that are left out when the results are compared. */
  readonly prune?: readonly string[];
  /** Replaces the varying parts of the command's output. */
  readonly normalize?: (text: string) => string;
  /** The exit status that the command must end with, here and there. */
  readonly status?: number;
  /** False: only output is compared, not the files. */
  readonly tree?: boolean;
}

export class Stage {
  readonly kind: Kind;
  readonly front: FrontEnd;
  scratch!: Scratch;
  mount!: TestMount;
  private readonly settings: StageSettings;
  private readonly clients = new Set<Client>();
  private server: Bricks | null = null;
  /** Seconds since 1970. */
  private since = 0;
  private serial = 0;

  constructor(kind: Kind, front: FrontEnd, settings: StageSettings) {
    this.kind = kind;
    this.front = front;
    this.settings = settings;
  }

  async start(): Promise<void> {
    this.scratch = await this.front.makeScratch();
    const brick = await this.scratch.makeFolder('brick');
    await this.scratch.makeFolder('bare');
    this.since = Date.now() / 1000 - 60;
    const { above, ...settings } = this.settings;
    let volfile = await this.makeVolfile(brick);
    if (above !== undefined) volfile = await withModule(this.scratch, volfile, above);
    this.mount = await mountBy(this.kind, this.scratch, volfile, this.server, settings);
  }

  private async makeVolfile(files: string): Promise<string> {
    if (!isOnBricks(this.kind)) return makeVolfile(this.scratch, this.kind, files);
    this.server = await startBricks(this.kind, await this.scratch.makeFolder('gluster'), files);
    return this.server.volfile;
  }

  /** Ends the server, whose log must have no error. */
  async stop(): Promise<void> {
    try {
      if (this.mount === undefined) return;
      const status = await this.mount.stop();
      if (!this.settings.mayComplain) expect(findErrors(this.mount.log())).toEqual([]);
      expect(status).toBe(0);
    } finally {
      for (const client of this.clients) client.kill();
      await this.server?.end();
      // Undefined where the start has failed.
      await this.scratch?.clean();
    }
  }

  /** Names for a test's folder in the mount, and for the one outside. */
  nextFolders(): { readonly mounted: string; readonly bare: string; readonly name: string } {
    this.serial += 1;
    // Alone in its parent folder, so that the parents are alike, too.
    const name = `${this.serial}/work`;
    return { name, mounted: join(this.mount.path, name), bare: this.scratch.at('bare', name) };
  }

  /** Starts a script in a folder of the mount. */
  startClient(folder: string, script: string, settings?: ClientSettings): Client {
    const client = this.scratch.startClient(folder, script, settings);
    this.clients.add(client);
    return client;
  }

  /** Runs a script to its end, by default in a new folder of the mount. */
  runScript(script: string, settings: ClientSettings & { in?: string } = {}): Promise<Outcome> {
    return this.startClient(settings.in ?? this.nextFolders().mounted, script, settings).outcome;
  }

  /** Runs a script that must succeed; returns its output. */
  async runOk(script: string, settings: ClientSettings & { in?: string } = {}): Promise<string> {
    const { status, out, err } = await this.runScript(script, settings);
    expect({ status, err }, script).toEqual({ status: 0, err: '' });
    return out;
  }

  /**
   * Runs a script in the bare folder and in the mount, and compares status, output and files.
   * Returns the outcome on the mount.
   */
  async compareScript(script: string, settings: SameSettings = {}): Promise<Outcome> {
    const { mounted, bare, name } = this.nextFolders();
    const expected = await this.runBare(bare, script, settings);
    const outcome = await this.runIn(mounted, script, settings);
    expect(outcome).toEqual(expected.outcome);
    if (settings.status !== undefined) expect(outcome.status).toBe(settings.status);
    if (expected.tree === null) return outcome;
    expect(await this.listTree(mounted, settings)).toEqual(expected.tree);
    // The brick has the same tree as the mount.
    if (hasFolder(this.kind)) {
      expect(await this.listTree(this.scratch.at('brick', name), settings)).toEqual(expected.tree);
    }
    return outcome;
  }

  /** Runs a script in the bare folder, once for all stacks. */
  private async runBare(bare: string, script: string, settings: SameSettings): Promise<BareResult> {
    const { normalize: normal, ...plain } = settings;
    const key = JSON.stringify([script, plain, String(normal), this.front.owner]);
    let expected = expectations.get(key);
    if (expected === undefined) {
      const outcome = await this.runIn(bare, script, settings);
      const tree = settings.tree === false ? null : await this.listTree(bare, settings);
      expected = { outcome, tree };
      expectations.set(key, expected);
    }
    return expected;
  }

  /** Runs a script in a folder, and replaces the folder's name in its output. */
  private async runIn(folder: string, script: string, settings: SameSettings): Promise<Outcome> {
    const { status, signal, out, err } = await this.startClient(folder, script, settings).outcome;
    const normalizeAll = (text: string): string => {
      const plain = text.replaceAll(folder, 'HERE');
      return settings.normalize?.(plain) ?? plain;
    };
    return { status, signal, out: normalizeAll(out), err: normalizeAll(err) };
  }

  private listTree(folder: string, { prune = [] }: SameSettings): Promise<string[]> {
    return listTree(folder, { oldestTime: this.since, prune, as: this.front.owner });
  }
}

/** The outcome of a script in a bare folder, and its files; null if they do not matter. */
interface BareResult {
  readonly outcome: Outcome;
  readonly tree: readonly string[] | null;
}

/** Expectations of this file's scripts. */
const expectations = new Map<string, BareResult>();

/** Stacks, by front end; only a list of stacks is for the kernel's protocol. */
export type Where = readonly Kind[] | Readonly<Partial<Record<FrontEndName, readonly Kind[]>>>;

const isList = (where: Where): where is readonly Kind[] => Array.isArray(where);

/**
 * Whether a mixed volume of both brick kinds covers this stack: its bricks answer as two of a kind
 * do, and as each does alone.
 */
const isCovered = (kind: Kind, kinds: readonly Kind[]): boolean =>
  kinds.includes('distribute-mixed') &&
  [...ourKinds, ...distributeKinds, 'tutorial'].includes(kind) &&
  kind !== 'distribute-mixed';

/** The group in `wanted` of a stage, one of these. */
function stageGroup(
  { name }: FrontEnd,
  kind: Kind,
  kinds: readonly Kind[],
  later: readonly Kind[] = [],
): keyof typeof selected {
  if (name !== 'kernel') return 'others';
  if (isCovered(kind, kinds) || otherKinds.includes(kind) || later.includes(kind)) return 'others';
  return isOnBricks(kind) ? 'bricks' : 'first';
}

/** Whether a stack with GlusterFS can run here; if not, prints the reason. */
function canHave(kind: Kind, title: string): boolean {
  const why = usesGlusterfs(kind) ? findBrickObstacle() : '';
  if (why === '' || process.env.GLOSSA_REQUIRE_ALL === '1') return true;
  process.stderr.write(`skipped: ${title}, ${titles[kind]}: ${why}\n`);
  it.skip(`${title}, ${titles[kind]}`, () => undefined);
  return false;
}

/** A group of tests for each of these stacks on each of these front ends. */
export function describeStages(
  title: string,
  where: Where,
  body: (stage: Stage) => void,
  settings: StageSettings = {},
): void {
  const kinds = isList(where) ? { kernel: where } : where;
  const fronts = selectFrontEnds(title, Object.keys(kinds) as FrontEndName[]);
  const stages = fronts
    .flatMap((front) => kinds[front.name]!.map((kind) => ({ front, kind })))
    .filter(
      ({ front, kind }) => selected[stageGroup(front, kind, kinds[front.name]!, settings.later)],
    )
    .filter(({ kind }) => canHave(kind, title));
  if (stages.length === 0) return;
  // A client that does not end is to be the failure, not the test that waits for it.
  vi.setConfig({ testTimeout: 200_000, hookTimeout: 200_000 });
  describeMounts(title, () => {
    for (const { front, kind } of stages) {
      describe(`${titles[kind]}${front.suffix}`, () => {
        const stage = new Stage(kind, front, settings);
        front.expectLimits();
        expectLimits(brickLimits[kind] ?? {});
        beforeAll(() => stage.start());
        afterAll(() => stage.stop());
        body(stage);
      });
    }
  });
}
