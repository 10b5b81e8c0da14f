/**
 * Sends the requests of a recording into a graph, and compares the replies.
 *
 *   const plan = await makePlan(recording, { volume: 'negative', played: ['storage'] });
 *   const replay = new Replay(graph, plan, { clock, played });
 *   for (const { request, differences } of await replay.run()) …
 *
 * It follows the order of the recording: a request waits for the replies that came before it, and
 * runs beside the requests that it overlapped. The graph's clock follows the recording.
 */
import { Driver, FopError, ROOT_CALLER } from '../api/driver.ts';
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
import { type Difference, findDifferences } from './compare.ts';
import { type Arrival, findAttributes, type Plan, type ReplayedRequest } from './plan.ts';
import type { PlayedRequest, PlayedVolume } from './played-volume.ts';
import { type RecordedReply, toRecordedReply } from './recorded-form.ts';
import { applyReplyTo, findPosition, ReplayObjects, UnknownObjectError } from './replay-objects.ts';

/** The clock of the graph's context, in milliseconds. It advances only by `advanceTo`. */
export interface ReplayClock {
  readonly now: number;
  /** The time of the next timer in milliseconds; undefined without timers. */
  readonly nextDueMs: number | undefined;
  advanceTo(ms: number): void;
}

/** The settings of a replay. */
export interface ReplaySettings {
  readonly clock: ReplayClock;
  /** The played volumes of the graph. */
  readonly played: readonly PlayedVolume[];
  /** The time limit for a reply, in milliseconds of real time. */
  readonly replyTimeoutMs: number;
}

/** The result of a replayed request. */
export interface Outcome {
  readonly request: ReplayedRequest;
  /** The differences from the recording; empty if all replies are as recorded. */
  readonly differences: readonly Difference[];
}

/** A replayed request, from its sending to the comparison. */
interface SentRequest {
  readonly request: ReplayedRequest;
  reply: RecordedReply | null;
  /** The reason why the request could not be sent; null if it was sent. */
  failure: string | null;
  readonly causedRequests: PlayedRequest[];
  call: Stack | null;
  /** Ends the wait for the reply; null before the first wait. */
  wake: (() => void) | null;
}

/** Milliseconds of real time without a reply, after which the clock advances to the next timer. */
const STALL_MS = 2000;
const NS_PER_MS = 1e6;

const translator = makeInitiatorTranslator('replay', 'Sends the requests of a recording.');

export class Replay {
  private readonly graph: Graph;
  private readonly plan: Plan;
  private readonly settings: ReplaySettings;
  private readonly initiator: Initiator;
  /** The clients of this replay, by the recorded client's number. */
  private readonly clients = new Map<number, Client>();
  private readonly objects: ReplayObjects;
  private readonly sentRequests = new Map<ReplayedRequest, SentRequest>();
  /** The request of each call stack that the replay has sent. */
  private readonly calls = new WeakMap<Stack, ReplayedRequest>();
  /** The gfids in the recorded replies so far: files that the replay must have found, too. */
  private readonly seenGfids = new Set<Gfid>();
  /** The last request that uses each recorded open file, which is released after it. */
  private readonly lastUserByFdNumber = new Map<number, ReplayedRequest>();

  constructor(graph: Graph, plan: Plan, settings: ReplaySettings) {
    this.graph = graph;
    this.plan = plan;
    this.settings = settings;
    this.initiator = new Initiator(graph, 'replay', translator, graph.top.log);
    this.objects = new ReplayObjects(this.findClient(0));
    for (const request of plan.requests) {
      for (const id of listOpenFileNumbers(request)) this.lastUserByFdNumber.set(id, request);
    }
    for (const volume of settings.played) {
      volume.state = {
        unattributedArrivals: plan.unattributedArrivals,
        objects: this.objects,
        findRequest: (call) => this.calls.get(call),
        noteRequest: (request, playedRequest) =>
          void this.sentRequests.get(request)?.causedRequests.push(playedRequest),
      };
    }
  }

  /** Runs the replay once. Requests without a reply are interrupted at the end. */
  async run(): Promise<Outcome[]> {
    const { clock } = this.settings;
    const startedAtMs = clock.now;
    for (const { atNs, request, isReply } of this.plan.steps) {
      clock.advanceTo(Math.max(clock.now, startedAtMs + atNs / NS_PER_MS));
      if (!isReply) await this.send(request);
      else {
        await this.waitFor(this.sentRequests.get(request)!);
        for (const stat of findAttributes(request.reply!)) this.seenGfids.add(stat.iaGfid as Gfid);
      }
    }
    const pending = [...this.sentRequests.values()].filter(
      ({ reply, failure }) => !reply && !failure,
    );
    for (const sent of pending) await this.waitFor(sent);
    for (const { call, reply } of pending) if (reply === null) call?.interrupt();
    const outcomes = [...this.sentRequests.values()].map((sent) => this.compareReplies(sent));
    this.objects.releaseAll();
    this.initiator.close();
    return outcomes;
  }

  /** Finds or connects the client that stands for a recorded one. */
  private findClient(id: number): Client {
    const client = this.clients.get(id) ?? this.initiator.connect();
    this.clients.set(id, client);
    return client;
  }

  /** Sends a request, unless its arguments cannot be made; its reply is awaited by `waitFor`. */
  private async send(request: ReplayedRequest): Promise<void> {
    const { row, caller } = request;
    const name = row.name as FopName;
    const sent: SentRequest = {
      request,
      reply: null,
      failure: null,
      causedRequests: [],
      call: null,
      wake: null,
    };
    this.sentRequests.set(request, sent);
    const args = await this.makeArgs(request);
    if (typeof args === 'string') {
      sent.failure = args;
      return;
    }
    const call = new Stack(caller.uid, caller.gid, caller.pid, row.logName);
    call.lkOwner = caller.lkOwner;
    sent.call = call;
    this.calls.set(call, request);
    const client = this.findClient(caller.client);
    const cbk = collectCbk[name]((_frame, _cookie, _xl, opRet, opErrno, values) => {
      client.end(call);
      // Copied at once: the values may be reused after the callback.
      sent.reply = toRecordedReply(row, opRet, opErrno, values);
      applyReplyTo(this.objects, { row, args, opRet, opErrno, values }, request.reply);
      for (const id of listOpenFileNumbers(request)) {
        if (this.lastUserByFdNumber.get(id) === request) this.objects.release(id);
      }
      sent.wake?.();
    });
    // A fop on an open file takes the links of the graph that opened it.
    const fdIndex = row.args.findIndex(({ type }) => type === 'fd');
    const links = (args[fdIndex] as Fd | undefined)?.links ?? this.graph.links;
    windArgs[name](client.begin(call), 0, cbk as never, links, args);
  }

  /** Makes the arguments of a request, or returns the reason why that is impossible. */
  private async makeArgs({ row, args, caller }: ReplayedRequest): Promise<unknown[] | string> {
    for (let canCreate = false; ; ) {
      try {
        return this.objects.makeArgs(row, args, caller.pid, canCreate);
      } catch (error) {
        if (!(error instanceof UnknownObjectError)) throw error;
        if (await this.findEarlierFile(error)) continue;
        if (canCreate) return error.message;
        canCreate = true;
      }
    }
  }

  /**
   * Finds a file that the recorded client knew before the recording began, without comparing the
   * reply, and maps it. Returns false if there is no such file. A file in a recorded reply must have been found by now.
   */
  private async findEarlierFile({ gfid, path, isDir }: UnknownObjectError): Promise<boolean> {
    if (this.seenGfids.has(gfid) || gfid === NULL_GFID) return false;
    if (this.settings.played.length > 0) {
      const { table } = this.objects;
      const fallbackAttributes = {
        iaGfid: gfid,
        iaType: isDir ? IA_IFDIR : IA_IFREG,
        iaProt: 0o755,
      };
      const stat = Object.assign(new Iatt(), this.plan.attributes.get(gfid) ?? fallbackAttributes);
      for (const volume of this.settings.played) volume.addFile(path, { ...stat });
      const { parent = null, name = null } = findPosition(table, path) ?? {};
      const inode = table.link(table.newInode(), parent, name, stat);
      if (inode !== null) this.objects.mapInode(gfid, inode);
      return inode !== null;
    }
    try {
      const { inode } = await new Driver(this.findClient(0), ROOT_CALLER).find(path);
      this.objects.mapInode(gfid, inode);
      return true;
    } catch (error) {
      // The outcome of each request for the file reports that it is missing.
      if (error instanceof FopError) return false;
      throw error;
    }
  }

  /** Waits until the reply has come, but at most `replyTimeoutMs`. */
  private async waitFor(sent: SentRequest): Promise<void> {
    const { clock, replyTimeoutMs } = this.settings;
    for (
      let remaining = replyTimeoutMs;
      remaining > 0 && !sent.reply && !sent.failure;
      remaining -= STALL_MS
    ) {
      await waitForReply(sent, Math.min(remaining, STALL_MS));
      if (sent.reply === null && clock.nextDueMs !== undefined) clock.advanceTo(clock.nextDueMs);
    }
  }

  /** Compares the recorded and the current reply, and the requests that each caused at played volumes. */
  private compareReplies(sent: SentRequest): Outcome {
    const { request, reply: current, failure, causedRequests } = sent;
    const recorded = request.reply;
    const differences: Difference[] = [];
    const was = recorded === null ? NO_ANSWER : formatResult(recorded);
    if (failure !== null) differences.push({ part: 'op_ret', was, is: `not sent: ${failure}` });
    else if (recorded === null || current === null) {
      const is = current === null ? NO_ANSWER : formatResult(current);
      if (was !== is) differences.push({ part: 'op_ret', was, is });
    } else differences.push(...findDifferences(request.row, recorded, current));
    if (failure === null && this.settings.played.length > 0) {
      differences.push(...compareCaused(request.causedRequests, causedRequests));
    }
    return { request, differences };
  }
}

/** The text in place of a missing reply. */
const NO_ANSWER = 'no answer';

/** Lists the differences between recorded and current requests to the played volumes. */
function compareCaused(
  recorded: readonly Arrival[],
  current: readonly PlayedRequest[],
): Difference[] {
  const matchedArrivals = new Set(current.map((request) => request.recorded));
  const was = recorded.filter((arrival) => !matchedArrivals.has(arrival));
  const is = current.filter(
    (request) => request.recorded === null || !recorded.includes(request.recorded),
  );
  if (was.length === 0 && is.length === 0) return [];
  return [{ part: 'asked below', was: formatCalls(was), is: formatCalls(is) }];
}

/** Formats requests to played volumes, each with its volume. */
const formatCalls = (calls: readonly Pick<Arrival, 'volume' | 'row' | 'args'>[]): string =>
  calls.length === 0
    ? 'nothing'
    : calls.map(({ volume, row, args }) => `${volume}: ${formatCall(row.name, args)}`).join(', ');

/** Lists the recorded numbers of a request's open files. */
function listOpenFileNumbers({ row, args }: ReplayedRequest): number[] {
  const fds = row.args.filter(({ type }) => type === 'fd').map(({ name }) => args[name]);
  return fds.flatMap((fd) => (fd ? [(fd as { id: number }).id] : []));
}

/** Resolves when the reply has come, or after `ms`. */
function waitForReply(sent: SentRequest, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    sent.wake = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}
