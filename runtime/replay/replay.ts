/**
 * Sends the requests of a recording into a graph, and compares the replies.
 *
 *   const plan = await planOf(recording, { volume: 'negative', played: ['storage'] });
 *   const replay = new Replay(graph, plan, { clock, played });
 *   for (const { request, differences } of await replay.run()) …
 *
 * It follows the order of the recording: a request waits for the replies that came before it, and
 * runs beside the requests that it overlapped. The graph's clock follows the recording.
 */
import { Driver, FopError, ROOT } from '../api/driver.ts';
import type { Client } from '../core/client.ts';
import type { Fd } from '../core/fd.ts';
import { Stack } from '../core/frame.ts';
import type { FopName } from '../core/gen/fops.gen.ts';
import { collectCbk, windArgs } from '../core/gen/generic.gen.ts';
import { type Gfid, NULL_GFID } from '../core/gfid.ts';
import type { Graph } from '../core/graph.ts';
import { IA_IFDIR, IA_IFREG, Iatt } from '../core/iatt.ts';
import { Initiator, makeInitiatorTranslator } from '../core/initiator.ts';
import { formatCall, formatResult } from '../observe/event-text.ts';
import { type Difference, differences } from './compare.ts';
import { learn, Objects, placeAt, UnknownObject } from './objects.ts';
import { type Arrival, attributesIn, type Plan, type ReplayedRequest } from './plan.ts';
import type { PlayedRequest, PlayedVolume } from './played-volume.ts';
import { type Answer, recordedReply } from './recorded-form.ts';

/** The time of the graph's context, in milliseconds. It stands still between calls. */
export interface ReplayClock {
  readonly now: number;
  /** The time of the next timer; undefined without timers. */
  readonly next: number | undefined;
  advanceTo(ms: number): void;
}

export interface ReplaySettings {
  readonly clock: ReplayClock;
  /** The played volumes of the graph. */
  readonly played: readonly PlayedVolume[];
  /** The time limit for a reply, in milliseconds of real time. */
  readonly patienceMs: number;
}

/** The result of a replayed request. */
export interface Outcome {
  readonly request: ReplayedRequest;
  /** Empty if all replies are as recorded. */
  readonly differences: readonly Difference[];
}

interface SentRequest {
  readonly request: ReplayedRequest;
  answer: Answer | null;
  /** The reason why it could not be sent. */
  refused: string | null;
  readonly asked: PlayedRequest[];
  call: Stack | null;
  /** Ends the wait for its reply. */
  wake: (() => void) | null;
}

/** Real time without a reply after which the clock advances to the next timer. */
const STILL_MS = 2000;
const NS_PER_MS = 1e6;

const translator = makeInitiatorTranslator('replay', 'Sends the requests of a recording.');

export class Replay {
  private readonly graph: Graph;
  private readonly plan: Plan;
  private readonly settings: ReplaySettings;
  private readonly initiator: Initiator;
  private readonly clients = new Map<number, Client>();
  private readonly objects: Objects;
  private readonly sent = new Map<ReplayedRequest, SentRequest>();
  private readonly calls = new WeakMap<Stack, ReplayedRequest>();
  /** The gfids in recorded replies so far. */
  private readonly seenGfids = new Set<Gfid>();
  /** The last request that uses each recorded open file. */
  private readonly lastUse = new Map<number, ReplayedRequest>();

  constructor(graph: Graph, plan: Plan, settings: ReplaySettings) {
    this.graph = graph;
    this.plan = plan;
    this.settings = settings;
    this.initiator = new Initiator(graph, 'replay', translator, graph.top.log);
    this.objects = new Objects(this.clientOf(0));
    for (const request of plan.requests) {
      for (const id of filesOf(request)) this.lastUse.set(id, request);
    }
    for (const played of settings.played) {
      played.state = {
        others: plan.others,
        objects: this.objects,
        requestOf: (call) => this.calls.get(call),
        asked: (request, asked) => void this.sent.get(request)?.asked.push(asked),
      };
    }
  }

  /** Runs the replay once. Requests without a reply are interrupted at the end. */
  async run(): Promise<Outcome[]> {
    const { clock } = this.settings;
    const startedAt = clock.now;
    for (const { at, request, isAnswer } of this.plan.steps) {
      clock.advanceTo(Math.max(clock.now, startedAt + at / NS_PER_MS));
      if (!isAnswer) await this.send(request);
      else {
        await this.waitFor(this.sent.get(request)!);
        for (const stat of attributesIn(request.answer!)) this.seenGfids.add(stat.iaGfid as Gfid);
      }
    }
    const open = [...this.sent.values()].filter(({ answer, refused }) => !answer && !refused);
    for (const sent of open) await this.waitFor(sent);
    for (const { call, answer } of open) if (answer === null) call?.interrupt();
    const outcomes = [...this.sent.values()].map((sent) => this.outcomeOf(sent));
    this.objects.releaseAll();
    this.initiator.close();
    return outcomes;
  }

  private clientOf(id: number): Client {
    const client = this.clients.get(id) ?? this.initiator.connect();
    this.clients.set(id, client);
    return client;
  }

  private async send(request: ReplayedRequest): Promise<void> {
    const { row, caller } = request;
    const name = row.name as FopName;
    const sent: SentRequest = {
      request,
      answer: null,
      refused: null,
      asked: [],
      call: null,
      wake: null,
    };
    this.sent.set(request, sent);
    const args = await this.argsOf(request);
    if (typeof args === 'string') {
      sent.refused = args;
      return;
    }
    const call = new Stack(caller.uid, caller.gid, caller.pid, row.logName);
    call.lkOwner = caller.lkOwner;
    sent.call = call;
    this.calls.set(call, request);
    const client = this.clientOf(caller.client);
    const cbk = collectCbk[name]((_frame, _cookie, _xl, opRet, opErrno, values) => {
      client.end(call);
      // Copied at once: the values may be reused after the callback.
      sent.answer = recordedReply(row, opRet, opErrno, values);
      learn(this.objects, { row, args, opRet, opErrno, values }, request.answer);
      for (const id of filesOf(request)) {
        if (this.lastUse.get(id) === request) this.objects.release(id);
      }
      sent.wake?.();
    });
    const at = row.args.findIndex(({ type }) => type === 'fd');
    const links = (args[at] as Fd | undefined)?.links ?? this.graph.links;
    windArgs[name](client.begin(call), 0, cbk as never, links, args);
  }

  /** The arguments, or the reason why they cannot be made. */
  private async argsOf({ row, args, caller }: ReplayedRequest): Promise<unknown[] | string> {
    for (let anew = false; ; ) {
      try {
        return this.objects.args(row, args, caller.pid, anew);
      } catch (error) {
        if (!(error instanceof UnknownObject)) throw error;
        if (await this.introduce(error)) continue;
        if (anew) return error.message;
        anew = true;
      }
    }
  }

  /**
   * Finds a file that the recorded client knew before the recording began, without comparing the
   * reply. A file in a recorded reply must have been found by now.
   */
  private async introduce({ gfid, path, isDir }: UnknownObject): Promise<boolean> {
    if (this.seenGfids.has(gfid) || gfid === NULL_GFID) return false;
    if (this.settings.played.length > 0) {
      const { table } = this.objects;
      const type = { iaGfid: gfid, iaType: isDir ? IA_IFDIR : IA_IFREG, iaProt: 0o755 };
      const stat = Object.assign(new Iatt(), this.plan.attributes.get(gfid) ?? type);
      for (const volume of this.settings.played) volume.addFile(path, { ...stat });
      const { parent = null, name = null } = placeAt(table, path) ?? {};
      const inode = table.link(table.newInode(), parent, name, stat);
      if (inode !== null) this.objects.learn(gfid, inode);
      return inode !== null;
    }
    try {
      const { inode } = await new Driver(this.clientOf(0), ROOT).find(path);
      this.objects.learn(gfid, inode);
      return true;
    } catch (error) {
      // The outcome of each request about the file says that it is missing.
      if (error instanceof FopError) return false;
      throw error;
    }
  }

  /** Waits until the reply has come, or the patience is over. */
  private async waitFor(sent: SentRequest): Promise<void> {
    const { clock, patienceMs } = this.settings;
    for (let left = patienceMs; left > 0 && !sent.answer && !sent.refused; left -= STILL_MS) {
      await untilReply(sent, Math.min(left, STILL_MS));
      if (sent.answer === null && clock.next !== undefined) clock.advanceTo(clock.next);
    }
  }

  private outcomeOf(sent: SentRequest): Outcome {
    const { request, answer: now, refused, asked } = sent;
    const then = request.answer;
    const found: Difference[] = [];
    const was = then === null ? NO_ANSWER : formatResult(then);
    if (refused !== null) found.push({ what: 'op_ret', was, is: `not sent: ${refused}` });
    else if (then === null || now === null) {
      const is = now === null ? NO_ANSWER : formatResult(now);
      if (was !== is) found.push({ what: 'op_ret', was, is });
    } else found.push(...differences(request.row, then, now));
    if (refused === null && this.settings.played.length > 0) {
      found.push(...askedOtherwise(request.asked, asked));
    }
    return { request, differences: found };
  }
}

const NO_ANSWER = 'no answer';

/** Differences between recorded and current requests to the played volumes. */
function askedOtherwise(then: readonly Arrival[], now: readonly PlayedRequest[]): Difference[] {
  const same = new Set(now.map((one) => one.recorded));
  const was = then.filter((one) => !same.has(one));
  const is = now.filter((one) => one.recorded === null || !then.includes(one.recorded));
  if (was.length === 0 && is.length === 0) return [];
  return [{ what: 'asked below', was: callsInWords(was), is: callsInWords(is) }];
}

const callsInWords = (calls: readonly Pick<Arrival, 'volume' | 'row' | 'args'>[]): string =>
  calls.length === 0
    ? 'nothing'
    : calls.map(({ volume, row, args }) => `${volume}: ${formatCall(row.name, args)}`).join(', ');

/** The numbers of a request's open files. */
function filesOf({ row, args }: ReplayedRequest): number[] {
  const fds = row.args.filter(({ type }) => type === 'fd').map(({ name }) => args[name]);
  return fds.flatMap((fd) => (fd ? [(fd as { id: number }).id] : []));
}

/** Resolves when the reply has come, or after `ms`. */
function untilReply(sent: SentRequest, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    sent.wake = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}
