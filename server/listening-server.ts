/**
 * Runs a server without a mount until its shutdown is requested: answers commands and signals, and
 * writes the pid file. Called by the servers of bricks (`brick-server.ts`) and of the programming
 * interface (`api-server.ts`).
 */
import type { Graph } from '../runtime/core/graph.ts';
import {
  ControlHost,
  type Listener,
  makeCommonHandlers,
  type ServerDescription,
} from './control/control-host.ts';
import { GraphQuestions } from './control/graph-questions.ts';
import { PidFile } from './pid-file.ts';
import type { Reloader } from './reloader.ts';
import {
  describeServer,
  type GraphServer,
  makeReloader,
  openRunFolder,
  type ServerContext,
  type ServerSettings,
} from './server-lifecycle.ts';

/** The parts in which servers without a mount differ. */
export interface ListeningServer {
  /** The kind in the server's description. */
  readonly serverKind: ServerDescription['what'];
  /** Lists the addresses at which it listens, for its description. */
  describeListeners(): readonly Listener[];
  /**
   * Called when commands can ask the server, before its starter learns that it is ready.
   * @throws {Failure}
   */
  begin(reloader: Reloader): Promise<void> | void;
  /** Called at the end, before the graph stops. */
  end(): Promise<void> | void;
}

/** Serves until the shutdown is requested. @throws {Failure} */
export async function serveListening(
  server: ListeningServer,
  graphServer: GraphServer,
  graph: Graph,
  settings: ServerSettings,
  serverContext: ServerContext,
): Promise<void> {
  const { log, shutdown, starter, startErrors } = serverContext;
  startErrors.endCollecting();
  const reloader = makeReloader(graphServer, graph, settings, serverContext);
  shutdown.onSighup = () => void reloader.reloadAll();
  const folder = openRunFolder(settings);
  const about = describeServer(serverContext);
  const graphQuestions = new GraphQuestions(graph, { about, reloader, log, folder });
  shutdown.onSigusr1 = () => graphQuestions.dumper.writeDump();
  const endRequested = new Promise<void>((resolve) => {
    shutdown.defer();
    shutdown.onRequest(resolve);
  });
  const pidFile = new PidFile(settings.pidFile);
  const { volfile } = about;
  const commonQuestions = makeCommonHandlers(
    () => ({ what: server.serverKind, volfile, listens: server.describeListeners() }),
    shutdown,
  );
  let controlHost: ControlHost | null = null;
  try {
    pidFile.write();
    controlHost = await ControlHost.open(
      'listener',
      { ...commonQuestions, ...graphQuestions.handlers },
      log,
    );
    await server.begin(reloader);
    await starter.reportReady();
    await endRequested;
  } finally {
    pidFile.remove();
    await server.end();
    await controlHost?.close();
    graphQuestions.close();
  }
}
