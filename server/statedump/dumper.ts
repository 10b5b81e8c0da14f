/** Makes the statedumps of a server: for `glossa stats statedump`, and, into a file, at SIGUSR1. */

import { listPendingCalls } from '../../runtime/core/dumps.ts';
import { readNewestUnique } from '../../runtime/core/frame.ts';
import type { Graph } from '../../runtime/core/graph.ts';
import type { Log } from '../../runtime/core/log.ts';
import { messages } from '../../runtime/core/messages.ts';
import { RequestAges } from '../../runtime/core/request-ages.ts';
import { ForeignFileError } from '../../runtime/sys/guarded-write.ts';
import { formatReason } from '../../terminal/exit.ts';
import type { RunFolder } from '../run-folder.ts';
import { formatSections } from './sections.ts';
import { type About, makeWholeDump, type WholeDump } from './whole-dump.ts';

/** The time between two marks of `RequestAges`, which is the precision of the ages of requests. */
const MARK_INTERVAL_MS = 1000;

/** Makes the statedumps of one graph. */
export class Dumper {
  private readonly graph: Graph;
  private readonly about: About;
  private readonly folder: RunFolder;
  private readonly log: Log;
  /** The ages of the requests in flight. */
  readonly ages = new RequestAges();
  private readonly timer = setInterval(() => this.markAges(), MARK_INTERVAL_MS);

  /** @param folder into which statedumps are written at SIGUSR1 */
  constructor(graph: Graph, about: About, folder: RunFolder, log: Log) {
    this.graph = graph;
    this.about = about;
    this.folder = folder;
    this.log = log;
    this.timer.unref();
  }

  /** Writes a statedump into a file, and logs its path or the error. */
  writeDump(): void {
    const dump = this.makeDump();
    try {
      const now = this.graph.context.sink.now();
      const path = this.folder.writeStatedump(Math.floor(now / 1000), formatSections(dump, now));
      this.log.info(`wrote the statedump ${path}`, { msgid: messages.statedumpWritten.id });
    } catch (error) {
      const cause = error instanceof ForeignFileError ? error.message : formatReason(error);
      this.log.error(`no statedump was written into ${this.folder.path}: ${cause}`, {
        msgid: messages.statedumpNotWritten.id,
      });
    }
  }

  close(): void {
    clearInterval(this.timer);
  }

  /** Notes which requests are in flight now, so that their ages are known later. */
  private markAges(): void {
    this.ages.mark(this.graph.context.now(), readNewestUnique(), () =>
      listPendingCalls(this.graph).map(({ unique }) => unique),
    );
  }

  makeDump(): WholeDump {
    return makeWholeDump(this.graph, this.about, this.ages);
  }
}
