/**
 * A host with fake guests, whose code a test sets, over a leaf that replies when the test says so.
 */

import {
  DECIDED_BY_MESSAGES,
  type Guest,
  METHOD_FAILED,
  type Scalar,
} from '../../bridges/host/guest.ts';
import type { GuestHost } from '../../bridges/host/guest-host.ts';
import {
  failureOptions,
  readLimits,
  readPolicy,
} from '../../bridges/host/lifecycle/failure-policy.ts';
import { Host, type HostState, hostFunctions } from '../../bridges/host/lifecycle/host.ts';
import { Interpreter } from '../../bridges/host/lifecycle/interpreter.ts';
import { nodeMachine } from '../../bridges/machine/node/index.ts';
import { EINTR } from '../../runtime/core/errno.ts';
import type { Graph } from '../../runtime/core/graph.ts';
import { Loc } from '../../runtime/core/operands.ts';
import { defineTranslator, type Xlator } from '../../runtime/core/xlator.ts';
import { ask, FakeContext, HeldLeaf, type Reply, startGraph } from './core.ts';

export type Answer = (
  host: GuestHost,
  id: number,
  guest: FakeGuest,
  args: readonly Scalar[],
) => number;

/** The code of a guest: one function per fop, and one for replies. */
export interface Code {
  readonly fops: Readonly<Record<string, Answer>>;
  readonly reply?: Answer;
  readonly hooks?: Guest['description']['hooks'];
  readonly state?: string;
  readonly loads?: boolean;
  readonly notify?: (guest: FakeGuest) => number;
}

/** A guest that runs functions of the test. */
export class FakeGuest implements Guest {
  readonly language = 'fake';
  readonly description: Guest['description'];
  readonly memoryBytes = 1;
  readonly hookCalls: string[] = [];
  failure: string | undefined;
  closed = false;
  private readonly code: Code;
  private readonly host: GuestHost;

  constructor(code: Code, host: GuestHost) {
    this.code = code;
    this.host = host;
    const fops = Object.fromEntries(
      Object.keys(code.fops).map((name) => [name, { kind: 'plain', cbk: true, cancel: true }]),
    ) as Guest['description']['fops'];
    this.description = { fops, hooks: code.hooks ?? [], options: {}, methods: [], warnings: [] };
  }

  createTranslator(): void {}
  evaluate = () => Promise.reject(new Error('no prompt'));
  makeFopEntry = (name: string) => (args: readonly Scalar[]) =>
    this.run(this.code.fops[name]!, args);
  makeReplyEntry = () => (args: readonly Scalar[]) => this.run(this.code.reply!, args);

  callHook(name: string, args: readonly Scalar[]): number {
    if (/^(tick|collect|forget|release|forget_client)$/.test(name)) return DECIDED_BY_MESSAGES;
    const given =
      name === 'client_disconnect' ? [this.host.readClientUid(args[0] as number)] : args;
    this.hookCalls.push([name, ...given].join(' '));
    if (name === 'interrupt') {
      this.host.pushMessage(args[0] as number, JSON.stringify(['unwind', -1, EINTR, [null, null]]));
    }
    if (name === 'notify' && this.code.notify !== undefined) return this.code.notify(this);
    return name === 'load_state' && this.code.loads === false ? METHOD_FAILED : DECIDED_BY_MESSAGES;
  }

  callStateHook(name: string): string | undefined {
    return name === 'dump_state' ? this.code.state : '{"ghosts":3}';
  }

  /** Nothing can enter it any more. */
  die(): number {
    this.failure = 'out of memory';
    return METHOD_FAILED;
  }

  close(): void {
    this.closed = true;
  }

  private run(answer: Answer, args: readonly Scalar[]): number {
    if (this.failure !== undefined) throw new Error('entered though dead');
    return answer(this.host, args[0] as number, this, args);
  }
}

export class GuestGraph {
  readonly context = new FakeContext();
  readonly leaf = new HeldLeaf();
  readonly guests: FakeGuest[] = [];
  graph!: Graph;
  host!: Host;
  /** The code of the next guest; an error makes its start fail. */
  code: Code | Error;
  /** The next guest's start waits for this. */
  beforeStart = (): Promise<void> => Promise.resolve();

  constructor(code: Code) {
    this.code = code;
  }

  async start(options: Record<string, string> = {}): Promise<this> {
    const translator = defineTranslator<HostState, typeof failureOptions>({
      type: 'test/hosted',
      description: 'Hosts a fake guest.',
      children: [1, 1],
      options: failureOptions,
      init: async (xl: Xlator<HostState>, options) => {
        this.host = new Host(xl, readPolicy(options), async (owner) => {
          await this.beforeStart();
          if (this.code instanceof Error) throw this.code;
          const interpreter = new Interpreter(xl, owner, readLimits(options), nodeMachine);
          this.guests.push(new FakeGuest(this.code, interpreter.api));
          interpreter.attach(this.guests.at(-1)!);
          return interpreter;
        });
        await this.host.start();
        return { host: this.host };
      },
      ...hostFunctions,
    });
    this.graph = await startGraph(
      [{ translator: this.leaf.translator as never }, { translator: translator as never, options }],
      this.context,
    );
    return this;
  }

  stat(): Reply {
    return ask(this.graph, 'stat', new Loc(this.graph.inodes.root, null, null), null);
  }

  access(): Reply {
    return ask(this.graph, 'access', new Loc(this.graph.inodes.root, null, null), 0, null);
  }

  get dump() {
    return hostFunctions.dump(this.graph.top as Xlator<HostState>);
  }

  get log(): string {
    return this.context.lines.join('\n');
  }
}

/** Lets promises that are ready go on. */
export const settle = () => new Promise((resolve) => setImmediate(resolve));

export const dieInCall: Answer = (_host, _id, guest) => {
  guest.die();
  throw new Error(guest.failure);
};
