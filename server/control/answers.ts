/**
 * What a server tells and does for its user and for root, by names: of a mount they are extended
 * attributes of its root, of a server without a mount they come by its socket (`host.ts`).
 */
import { encodeName } from '../../runtime/core/bytes.ts';
import type { Graph } from '../../runtime/core/graph.ts';
import type { Log } from '../../runtime/core/log.ts';
import type { RootAction, RootActions } from '../../runtime/mount/root-xattrs.ts';
import { Counting } from '../counting.ts';
import { LIVE, type LiveHost } from '../live/host.ts';
import { RELOAD, type Reloader } from '../reloading.ts';
import { RESET_STATS, resetStats } from '../reset-stats.ts';
import type { RunFolder } from '../run-files.ts';
import { Dumper } from '../statedump/dumper.ts';
import { statedump } from '../statedump/volumes.ts';
import type { AboutServer } from '../statedump/whole.ts';

export interface Telling {
  readonly about: AboutServer;
  readonly reloader: Reloader;
  readonly live: LiveHost;
  readonly log: Log;
  /** For statedumps that a signal asks for. */
  readonly folder: RunFolder;
  /** Bytes that one answer may have, where that is not a mount's. */
  readonly room?: number;
}

export class Answers implements RootActions {
  readonly dumper: Dumper;
  /** What volumes tell (`glossa.statedump`): it is there at once. */
  readonly statedump: () => Uint8Array;
  private readonly counting: Counting;
  private readonly actions: ReadonlyMap<string, RootAction>;

  constructor(graph: Graph, { about, reloader, live, log, folder, room }: Telling) {
    this.dumper = new Dumper(graph, about, folder, log, room);
    this.counting = new Counting(graph, about, this.dumper.ages, room);
    this.statedump = () => encodeName(statedump(graph, room));
    this.actions = new Map<string, RootAction>([
      [RELOAD, () => reloader.reload().then(() => encodeName(reloader.report()))],
      [LIVE, live.invite],
      [RESET_STATS, async () => encodeName(JSON.stringify(resetStats(graph)))],
    ]);
  }

  get(name: string): RootAction | undefined {
    return this.actions.get(name) ?? this.dumper.pages.get(name) ?? this.counting.pages.get(name);
  }

  close(): void {
    this.counting.close();
    this.dumper.close();
  }
}
