/**
 * Fetches a volfile from a volfile server, such as for `glossa mount -s`. Callers import this file
 * only when they need it.
 */

import { FetchError, VolfileClient } from '../gluster/volfile-server/volfile-client.ts';
import type { Log } from '../runtime/core/log.ts';
import { messages } from '../runtime/core/messages.ts';
import { Failure } from '../terminal/exit.ts';
import { formatVolfileServer, type VolfileServers } from './volfile-servers.ts';
import type { VolfileSource } from './volfile-source.ts';
import { inspectText } from './volfiles.ts';

/** Makes the source of a volfile that `origin` has; it stays connected, to learn of changes. */
export function makeServerSource(origin: VolfileServers, log: Log): VolfileSource {
  const name = formatVolfileServer(origin);
  /** Whether the volfile has changed since the last `inspect`. */
  let isStale = false;
  let notifyChange = (): void => {};
  const client = new VolfileClient({
    servers: origin.servers,
    key: origin.id,
    onChange() {
      if (isStale) return;
      isStale = true;
      notifyChange();
    },
    log: (text) => log.info(text, { msgid: messages.volfileFetched.id }),
    warn: (text) => log.warning(text, { msgid: messages.volfileServerLost.id }),
  });
  return {
    name,
    baseDir: '/',
    async inspect(settings) {
      isStale = false;
      const text = await awaitOrFail(client.fetch());
      log.info(`${name} was fetched from ${client.server}`, { msgid: messages.volfileFetched.id });
      return inspectText(name, text, settings);
    },
    onChange(fn) {
      notifyChange = fn;
    },
    fetchVolumeId: () => awaitOrFail(client.fetchVolumeId()),
    close: () => client.close(),
  };
}

/** Waits for a server's reply. @throws {Failure} */
async function awaitOrFail(reply: Promise<string>): Promise<string> {
  try {
    return await reply;
  } catch (error) {
    throw error instanceof FetchError ? new Failure(error.message) : error;
  }
}
