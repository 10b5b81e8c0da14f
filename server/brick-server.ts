/**
 * Serves the bricks of a volfile to clients, until SIGTERM, SIGINT or `glossa umount BRICK`. Called
 * by `glossa brick`; `server-lifecycle.ts` has the parts that it shares with the server of a mount.
 */

import type { BrickServer } from '../gluster/protocol/server/brick-server.ts';
import type { Graph } from '../runtime/core/graph.ts';
import { messages } from '../runtime/core/messages.ts';
import { pump } from '../runtime/pump/pump.ts';
import type { VolfileDescription } from '../runtime/volfile/description.ts';
import { makePrintable } from '../runtime/volfile/printable-text.ts';
import { EXIT_OK, Failure } from '../terminal/exit.ts';
import { printStep, type Terminal } from '../terminal/terminal.ts';
import type { Listener } from './control/control-host.ts';
import { type ListeningServer, serveListening } from './listening-server.ts';
import {
  type GraphServer,
  runServer,
  type ServerContext,
  type ServerSettings,
  type Starter,
} from './server-lifecycle.ts';

/** The type of the volumes that serve bricks. */
const SERVER_TYPE = 'protocol/server';

/** Serves until the shutdown is requested; resolves to the exit status. @throws {Failure} */
export function serveBricks(
  settings: ServerSettings,
  terminal: Terminal,
  starter: Starter,
): Promise<number> {
  const graphServer: GraphServer = {
    async checkBeforeStart() {},
    refuseVolfile: async (description) => refuseWithoutServer(description),
    serve: (graph, serverContext) => serveGraph(graphServer, graph, settings, serverContext),
    wake: () => pump.wake(),
  };
  return runServer(graphServer, settings, terminal, starter);
}

/** Refuses a volfile without a volume of type protocol/server. @throws {Failure} */
function refuseWithoutServer({ file, volumes }: VolfileDescription): void {
  if (volumes.some(({ type }) => type.text === SERVER_TYPE)) return;
  throw new Failure(
    `${makePrintable(file)} has no volume of type ${SERVER_TYPE}, which lets clients use those below it: ` +
      "add one, or mount it here by 'glossa mount'",
  );
}

/** Finds the brick servers of a graph, which are the state of its protocol/server volumes. */
const findServers = (graph: Graph): BrickServer[] =>
  graph.xlators.filter(({ type }) => type === SERVER_TYPE).map(({ priv }) => priv as BrickServer);

/** Lists the addresses of a graph's bricks. */
const describeListeners = (graph: Graph): Listener[] =>
  findServers(graph).map(({ address, brickNames }) => ({ address, bricks: brickNames }));

/** Handles commands and signals until the shutdown is requested; the graph itself serves. */
async function serveGraph(
  graphServer: GraphServer,
  graph: Graph,
  settings: ServerSettings,
  serverContext: ServerContext,
): Promise<number> {
  const { log, terminal } = serverContext;
  const volfile = makePrintable(settings.volfile);
  const server: ListeningServer = {
    serverKind: 'brick',
    describeListeners: () => describeListeners(graph),
    begin() {
      for (const { address, brickNames } of findServers(graph)) {
        terminal.out(`${address} ${brickNames.map(makePrintable).join(' ')}`);
      }
      printStep(`${volfile} is served`, terminal);
    },
    end() {
      log.info(`serves ${volfile} no more`, { msgid: messages.brickServerEnding.id });
    },
  };
  await serveListening(server, graphServer, graph, settings, serverContext);
  return EXIT_OK;
}
