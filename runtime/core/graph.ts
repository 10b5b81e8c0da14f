/**
 * A live graph: instances wired together, started from the top and stopped from the leaves.
 *
 * Starting: options are checked, `init` runs top first (a translator may refuse), the fops of
 * each instance become known, winds are routed past instances that do not define a fop (one with
 * several children answers EOPNOTSUPP unless it says that it passes through), and PARENT_UP travels
 * down; the leaves answer CHILD_UP. When the top has said it as well, the graph is up (`whenUp`): its
 * volumes decide, and may take their time. Later CHILD_DOWN and CHILD_UP are events like others, and
 * no reason to end. A start that fails takes back what it did.
 *
 * Source: GlusterFS `libglusterfs/src/graph.c`.
 */
import type { Context } from './context.ts';
import { EOPNOTSUPP } from './errno.ts';
import { GraphError } from './errors.ts';
import type { EventName } from './events.ts';
import { type FopName, Links, refusal } from './fops.gen.ts';
import type { Initiator } from './initiator.ts';
import { InodeTable } from './inode.ts';
import { Log, type LogLevels } from './log.ts';
import { checkOptions, type GivenOption, genericOptions, type Options } from './options.ts';
import { reconfiguration } from './reconfigure.ts';
import type { Fop, Target, Translator } from './xlator.ts';
import { childrenUp, Xlator } from './xlator.ts';

/** One volume of a checked description. */
export interface VolumeSpec {
  readonly name: string;
  readonly translator: Translator<unknown>;
  readonly options: readonly GivenOption[];
  /** Names of volumes of the same graph. */
  readonly subvolumes: readonly string[];
  /** `FILE:LINE:COLUMN` of the volume, for messages. */
  readonly where?: string | undefined;
}

/** Hears the events that leave the top of a graph. */
export type EventListener = (event: EventName, data: unknown) => void;

export class Graph {
  /** In the order of the volfile: leaves first, the top last. */
  readonly xlators: readonly Xlator[];
  readonly top: Xlator;
  readonly inodes: InodeTable;
  /** The top as its initiator winds to it; set by `start`. */
  links!: Links;
  /** Those who begin requests here, besides the volumes themselves. */
  readonly initiators = new Set<Initiator>();
  private specs: readonly VolumeSpec[];
  private lastId: number;
  private readonly listeners = new Set<EventListener>();

  /** @throws {GraphError} when a subvolume is not among the volumes, or there is none at all. */
  constructor(specs: readonly VolumeSpec[], context: Context, levels: LogLevels, graphId = 0) {
    this.specs = specs;
    this.xlators = specs.map((spec, id) => {
      const log = new Log(context.sink, levels, spec.name, graphId);
      return new Xlator(id, spec.name, spec.translator, spec.options, log, context);
    });
    const byName = new Map(this.xlators.map((xl) => [xl.name, xl]));
    const problems: string[] = [];
    specs.forEach((spec, id) => {
      const xl = this.xlators[id]!;
      const below = spec.subvolumes.flatMap((name) => byName.get(name) ?? []);
      if (below.length < spec.subvolumes.length) {
        problems.push(`volume '${spec.name}': a subvolume is not in the graph`);
      }
      xl.below = below;
      for (const child of below) child.above.push(xl);
    });
    const top = this.xlators.at(-1);
    if (top === undefined) problems.push('a graph needs at least one volume');
    if (problems.length > 0) throw new GraphError(problems);
    this.top = top!;
    this.lastId = this.xlators.length - 1;
    this.inodes = new InodeTable(this.xlators);
    for (const xl of this.xlators) xl.inodes = this.inodes;
  }

  /**
   * Brings the graph up. `master` hears the events that leave the top.
   * @throws {GraphError} naming volume and reason; nothing is left running then.
   */
  async start(master: EventListener = () => {}): Promise<void> {
    this.top.master = (event, data) => {
      master(event, data);
      for (const listener of this.listeners) listener(event, data);
    };
    for (const xl of [...this.xlators].reverse()) {
      const problems = await this.init(xl);
      if (problems.length === 0) continue;
      await this.finiAll();
      throw new GraphError(problems);
    }
    for (const xl of this.xlators) {
      xl.children = xl.below.map((child) => new Links((name) => target(child, name)));
      xl.route = () => this.route();
    }
    this.links = new Links((name) => target(this.top, name));
    for (const xl of this.xlators) if (xl.above.length === 0) xl.notify('PARENT_UP', xl);
  }

  /** An id for an instance that is none of the volumes, which nobody else has. */
  newId(): number {
    this.lastId += 1;
    return this.lastId;
  }

  /** Whether the top can serve now. */
  get isUp(): boolean {
    return this.top.up;
  }

  /**
   * Resolves when the top has said CHILD_UP.
   * @throws {GraphError} after so long, naming the volumes that are waited for; the graph goes on
   */
  whenUp(patienceMs: number): Promise<void> {
    if (this.isUp) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const end = this.listen((event) => {
        if (event !== 'CHILD_UP') return;
        end();
        cancel();
        resolve();
      });
      const cancel = this.top.context.after(patienceMs, () => {
        end();
        reject(new GraphError(this.waitedFor(` within ${patienceMs / 1000} s`)));
      });
    });
  }

  /** Why the graph is not up: a line for each volume that is waited for. */
  waitedFor(howLong = ''): string[] {
    const seen = new Set<Xlator>([this.top]);
    // A volume that is up has what it needs, whatever is below it.
    for (const xl of seen) for (const child of xl.below) if (!child.up) seen.add(child);
    return [...seen]
      .filter((xl) => !xl.up && childrenUp(xl))
      .map((xl) => {
        const though = xl.below.length === 0 ? '' : ', though what is below it has';
        return `${placeOf(xl, this.specs[xl.id])}: has not come up${howLong}${though}`;
      });
  }

  /** From now on `listener` hears what leaves the top, too; the result ends that. */
  listen(listener: EventListener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /**
   * Gives the running graph the options of another description of the same volumes.
   * @returns the names of the volumes whose options changed.
   * @throws {GraphError} when it takes another graph to do what they say, and nothing has changed
   * then; or when a volume refuses what it was given, and just that one keeps what it had.
   */
  reconfigure(specs: readonly VolumeSpec[]): readonly string[] {
    const changes = reconfiguration(this.xlators, specs);
    const problems: string[] = [];
    for (const { xl, given, values } of changes) {
      const before = xl.given;
      xl.given = given;
      try {
        xl.translator.reconfigure?.(xl, values as never);
        xl.log.setOwnLevel(values['log-level'] as string | undefined);
      } catch (error) {
        xl.given = before;
        problems.push(...this.reasons(xl, error));
      }
    }
    this.specs = specs;
    if (problems.length > 0) throw new GraphError(problems);
    return changes.map(({ xl }) => xl.name);
  }

  /** Takes the graph down: PARENT_DOWN, then every inode forgotten, then `fini` from the leaves. */
  async stop(): Promise<void> {
    for (const xl of this.xlators) if (xl.above.length === 0) xl.notify('PARENT_DOWN', xl);
    this.inodes.clear();
    await this.finiAll();
  }

  /** The reasons why an instance cannot be; none when it can. */
  private async init(xl: Xlator): Promise<string[]> {
    const place = placeOf(xl, this.specs[xl.id]);
    try {
      const options: Options = { ...genericOptions, ...xl.translator.options };
      const open = xl.translator.openOptions === true;
      const volumes = this.specs.map((spec) => spec.name);
      const { values, problems } = checkOptions(options, xl.given, { open, volumes });
      const wrong = problems.filter((problem) => problem.severity === 'error');
      if (wrong.length > 0) return wrong.map((p) => `${p.where ?? place}: ${p.message}`);
      xl.log.setOwnLevel(values['log-level'] as string | undefined);
      xl.priv = await xl.translator.init(xl, values as never);
      xl.initialised = true;
      const { fops } = xl.translator;
      xl.fops = typeof fops === 'function' ? fops(xl) : fops;
      return [];
    } catch (error) {
      return this.reasons(xl, error);
    }
  }

  /** What a translator refused, with the volume's place. */
  private reasons(xl: Xlator, error: unknown): string[] {
    if (error instanceof GraphError) return [...error.problems];
    const text = error instanceof Error ? error.message : String(error);
    return [`${placeOf(xl, this.specs[xl.id])}: ${text}`];
  }

  private async finiAll(): Promise<void> {
    for (const xl of this.xlators) {
      if (!xl.initialised) continue;
      xl.initialised = false;
      xl.up = false;
      try {
        await xl.translator.fini?.(xl);
      } catch (error) {
        xl.log.error(`fini failed: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }

  /** Leads winds to the fops that are defined now. Requests on their way keep theirs. */
  private route(): void {
    for (const xl of this.xlators) {
      xl.below.forEach((child, at) => {
        xl.children[at]!.route((name) => target(child, name));
      });
    }
    this.links.route((name) => target(this.top, name));
  }
}

function placeOf(xl: Xlator, spec: VolumeSpec | undefined): string {
  const where = spec?.where ?? '';
  return `${where === '' ? '' : `${where}: `}volume '${xl.name}' (${xl.type})`;
}

/** The nearest instance that defines the fop, from `xl` down past those that pass it through. */
function target<N extends FopName>(xl: Xlator, name: N): Target<N> {
  let at = xl;
  for (;;) {
    const fop = at.fops[name] as Fop<N, unknown> | undefined;
    if (fop !== undefined) return { xl: at, fop };
    if (!at.passesThrough) return { xl: at, fop: refusal(name, EOPNOTSUPP) };
    at = at.below[0]!;
  }
}
