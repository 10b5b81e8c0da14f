/** The server of bricks: from a volfile to volumes that clients use, until it is told to end. */

import type { Server } from '../gluster/protocol/server/server.ts';
import type { Graph } from '../runtime/core/graph.ts';
import { messages } from '../runtime/core/messages.ts';
import { pump } from '../runtime/pump/pump.ts';
import type { VolfileDescription } from '../runtime/volfile/description.ts';
import { printable } from '../runtime/volfile/printable.ts';
import { EXIT_OK, Failure } from '../terminal/exit.ts';
import { step, type Terminal } from '../terminal/terminal.ts';
import { ControlHost, type Listening, ownQuestions } from './control/control-host.ts';
import { GraphQuestions } from './control/questions.ts';
import { PidFile } from './pid-file.ts';
import { RunFolder } from './run-files.ts';
import {
  aboutOf,
  type Front,
  reloaderOf,
  runFolderOf,
  type Serving,
  type ServingSettings,
  serveBy,
  type Waiter,
} from './serving.ts';

const TYPE = 'protocol/server';

/** Serves until it is told to end; the result is the exit status. @throws {Failure} */
export function serveBricks(
  settings: ServingSettings,
  terminal: Terminal,
  waiter: Waiter,
): Promise<number> {
  const front: Front = {
    async begin() {},
    refuse: async (description) => refuseWithoutServer(description),
    serve: (graph, serving) => serveGraph(front, graph, settings, serving),
    wake: () => pump.wake(),
  };
  return serveBy(front, settings, terminal, waiter);
}

/** @throws {Failure} */
function refuseWithoutServer({ file, volumes }: VolfileDescription): void {
  if (volumes.some(({ type }) => type.text === TYPE)) return;
  throw new Failure(
    `${printable(file)} has no volume of type ${TYPE}, which lets clients use those below it: ` +
      "add one, or mount it here by 'glossa mount'",
  );
}

const serversOf = (graph: Graph): Server[] =>
  graph.xlators.filter(({ type }) => type === TYPE).map(({ priv }) => priv as Server);

const listensOf = (graph: Graph): Listening[] =>
  serversOf(graph).map(({ address, brickNames }) => ({ address, bricks: brickNames }));

async function serveGraph(
  front: Front,
  graph: Graph,
  settings: ServingSettings,
  serving: Serving,
): Promise<number> {
  const { log, ending, waiter, terminal, trouble } = serving;
  trouble.end();
  const reloader = reloaderOf(front, graph, settings, serving);
  ending.onHangUp = () => void reloader.reload();
  const folder = new RunFolder(runFolderOf(settings));
  const about = aboutOf(serving);
  const control = new GraphQuestions(graph, { about, reloader, log, folder });
  ending.onUser = () => control.dumper.write();
  const ended = new Promise<void>((resolve) => {
    ending.defer();
    ending.onRequest(resolve);
  });
  const pidFile = new PidFile(settings.pidFile);
  const { volfile } = about;
  const own = ownQuestions(() => ({ what: 'brick', volfile, listens: listensOf(graph) }), ending);
  let host: ControlHost | null = null;
  try {
    pidFile.write();
    host = await ControlHost.open('listener', { ...own, ...control.questions }, log);
    for (const { address, brickNames } of serversOf(graph)) {
      terminal.out(`${address} ${brickNames.map(printable).join(' ')}`);
    }
    step(`${printable(settings.volfile)} is served`, terminal);
    await waiter.ready();
    await ended;
    return EXIT_OK;
  } finally {
    pidFile.remove();
    await host?.close();
    control.close();
    log.info(`serves ${printable(settings.volfile)} no more`, { msgid: messages.bricksEnd.id });
  }
}
