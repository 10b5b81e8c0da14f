/** Answers questions about a server's graph, such as those of `glossa stats` and `glossa top`. */

import type { Socket } from 'node:net';
import type { Graph } from '../../runtime/core/graph.ts';
import type { Log } from '../../runtime/core/log.ts';
import type { NotableRequests } from '../../runtime/mount/notable-requests.ts';
import type { EventStore } from '../../runtime/observe/event-store.ts';
import { writeLost } from '../../runtime/observe/events.ts';
import { BLOCK_BYTES_MAX } from '../../runtime/observe/format.ts';
import { encodeHead } from '../../runtime/observe/head.ts';
import { RecordingWriter } from '../../runtime/observe/recording-bytes.ts';
import { type RecordingOptions, startRecorder } from '../graph-recording.ts';
import { LeasedCounter } from '../leased-counter.ts';
import type { Reloader } from '../reloader.ts';
import type { RunFolder } from '../run-folder.ts';
import { Dumper } from '../statedump/dumper.ts';
import { collectVolumeDumps } from '../statedump/volume-dumps.ts';
import type { AboutServer } from '../statedump/whole-dump.ts';
import type { Connection, QuestionHandlers } from './control-host.ts';

/** The most bytes sent at once, unless one event alone is longer. */
const BATCH_BYTES = 65_536;
/** The most unread bytes in the socket; above them, events are dropped. */
const BACKLOG_BYTES_MAX = 32 * 2 ** 20;
/** Bytes in which a `lost` event fits. */
const LOST_EVENT_BYTES = 256;

/**
 * Sends the events of a live recording (`glossa trace MNT`) over a socket, once in each turn of the
 * event loop. A slow reader never delays the mount: up to `BACKLOG_BYTES_MAX` bytes are buffered for
 * it. Further events are dropped, and a `lost` event says how many.
 */
export class EventStream implements EventStore {
  /** The buffered events; the recorder writes the next one behind them. */
  readonly out = new RecordingWriter(new Uint8Array(BATCH_BYTES));
  private readonly socket: Socket;
  /** The number of events in `out`. */
  private bufferedCount = 0;
  /** The number of events dropped since the last `lost` event. */
  private droppedCount = 0;
  /** The time of the newest event. */
  private newestTimeNs = 0;
  private isClosed = false;
  private pendingSend: NodeJS.Immediate | null = null;

  constructor(socket: Socket) {
    this.socket = socket;
  }

  /**
   * Accepts the event that was written from `start` on. Returns false if it did not fit: `out` was
   * then sent, and the caller writes the event again.
   */
  commit(start: number, timeNs: number): boolean {
    const { out } = this;
    if (this.isClosed) {
      out.at = 0;
      return true;
    }
    this.newestTimeNs = timeNs;
    if (!out.isFull) {
      this.bufferedCount += 1;
      this.pendingSend ??= setImmediate(() => this.send());
      return true;
    }
    const length = out.at - start;
    out.at = start;
    if (start > 0) this.send();
    // The event alone exceeds the buffer, which therefore grows for good.
    if (length > out.bytes.length && length <= BLOCK_BYTES_MAX) out.bytes = new Uint8Array(length);
    return false;
  }

  /** Sends the buffered events, and ends the connection. Further events are dropped. */
  close(): void {
    if (this.isClosed) return;
    this.send();
    this.sendLostEvent();
    this.isClosed = true;
    this.socket.end();
  }

  /** Sends the buffered events, or drops them if the reader is too slow. */
  private send(): void {
    const { out, socket, bufferedCount } = this;
    if (this.pendingSend !== null) clearImmediate(this.pendingSend);
    this.pendingSend = null;
    if (this.isClosed || bufferedCount === 0) return;
    if (socket.writableLength > BACKLOG_BYTES_MAX) this.droppedCount += bufferedCount;
    else {
      this.sendLostEvent();
      socket.write(out.bytes.slice(0, out.at));
    }
    out.at = 0;
    this.bufferedCount = 0;
  }

  /** Sends a `lost` event if events were dropped since the last one. */
  private sendLostEvent(): void {
    if (this.droppedCount > 0)
      this.socket.write(encodeLostEvent(this.droppedCount, this.newestTimeNs));
    this.droppedCount = 0;
  }
}

/** Encodes a `lost` event for `count` dropped events. */
function encodeLostEvent(count: number, timeNs: number): Uint8Array {
  const out = new RecordingWriter(new Uint8Array(LOST_EVENT_BYTES));
  writeLost(out, timeNs, `${count} events, which came faster than they were read`);
  return out.bytes.subarray(0, out.at);
}

/** The parts of the server that the answers come from. */
export interface QuestionSources {
  readonly about: AboutServer;
  readonly reloader: Reloader;
  readonly log: Log;
  /** The folder into which statedumps are written at SIGUSR1. */
  readonly folder: RunFolder;
  /** The failed and slow requests, for `glossa why`; undefined if the server records none. */
  readonly notable?: NotableRequests | undefined;
}

/** Answers questions about one graph. */
export class GraphQuestions {
  readonly dumper: Dumper;
  readonly handlers: QuestionHandlers;
  private readonly counter: LeasedCounter;

  constructor(graph: Graph, { about, reloader, log, folder, notable }: QuestionSources) {
    const dumper = new Dumper(graph, about, folder, log);
    const counter = new LeasedCounter(graph, about, dumper.ages);
    this.dumper = dumper;
    this.counter = counter;
    this.handlers = {
      stats: () => collectVolumeDumps(graph),
      statedump: () => dumper.makeDump(),
      reach: () => graph.context.server?.reach ?? [],
      top: () => counter.sample(),
      reload: () => reloader.reloadAll(),
      'reset-stats': () => resetStats(graph),
      trace: (options, connection) => streamTrace(graph, options as RecordingOptions, connection),
      ...(notable && { notable: () => notable.dump() }),
    };
  }

  /** Stops the counter and the statedumps. */
  close(): void {
    this.counter.close();
    this.dumper.close();
  }
}

/** Resets the statistics of all volumes that have any; returns their names, the top first. */
function resetStats({ xlators }: Graph): string[] {
  const resettable = xlators.filter(({ translator }) => translator.reset !== undefined);
  for (const xl of resettable) xl.translator.reset!(xl);
  return resettable.map(({ name }) => name).reverse();
}

/** Answers with a recording's head, then sends its events until the client disconnects. */
export function streamTrace(
  graph: Graph,
  options: RecordingOptions,
  { socket, hold }: Connection,
): void {
  const stream = new EventStream(socket);
  const endRecording = startRecorder(graph, options, (head) => {
    // A head is JSON in one line.
    socket.write(`{"value":${encodeHead(head)}}\n`);
    return stream;
  });
  hold(() => {
    endRecording();
    stream.close();
  });
}
