/** Where the volfile of a mount comes from, at its start and again later: a file, or a server. */
import { dirname, resolve } from 'node:path';
import type { Log } from '../core/log.ts';
import { messages } from '../core/messages.ts';
import type { VolfileInspection } from '../graph/volfile.ts';
import { FetchError, type Place, placeName, VolfileClient } from '../volfile-server/client.ts';
import { Failure } from './exit.ts';
import { type InspectSettings, inspectFile, inspectText, vouchFor } from './volfiles.ts';

/** Where clients of GlusterFS ask unless told otherwise: its management daemon's port. */
export const VOLFILE_SERVER_PORT = 24_007;

/** Who is asked for a volfile, and for which. */
export interface VolfileServers {
  /** In this order, until one answers. */
  readonly servers: readonly Place[];
  readonly id: string;
}

export interface VolfileSource {
  /** As the list of mounts shows it: an absolute path, or `HOST:/NAME`. */
  readonly name: string;
  /** Where relative paths in it start. */
  readonly baseDir: string;
  /**
   * What there is to say about the volfile now.
   * @throws {Failure} when it cannot be had, or is not to be used
   */
  inspect(settings: InspectSettings, remark: (text: string) => void): Promise<VolfileInspection>;
  /** Calls `fn` when it may have changed: once, until it is inspected again. */
  onChange(fn: () => void): void;
  close(): void;
}

export function fileSource(path: string): VolfileSource {
  const name = resolve(path);
  // A daemon goes to the root directory once it serves, so a relative name leads elsewhere then.
  let given = path;
  return {
    name,
    baseDir: dirname(name),
    inspect(settings, remark) {
      const file = given;
      given = name;
      vouchFor(file, settings.strict === true, remark);
      return inspectFile(file, settings);
    },
    onChange() {},
    close() {},
  };
}

/** `HOST:/NAME`, as of a mount of GlusterFS; with the port where it is another than usual. */
export function serverName({ servers, id }: VolfileServers): string {
  const first = placeName(servers[0]!);
  const place = first.replace(new RegExp(`:${VOLFILE_SERVER_PORT}$`), '');
  return `${place}:/${id.replace(/^\//, '')}`;
}

export function serverSource(given: VolfileServers, log: Log): VolfileSource {
  const name = serverName(given);
  let isStale = false;
  let changed = (): void => {};
  const client = new VolfileClient({
    servers: given.servers,
    key: given.id,
    changed() {
      if (isStale) return;
      isStale = true;
      changed();
    },
    log: (text) => log.info(text, { msgid: messages.volfileFetched.id }),
    doubt: (text) => log.warning(text, { msgid: messages.volfileServerLost.id }),
  });
  return {
    name,
    baseDir: '/',
    async inspect(settings) {
      isStale = false;
      const text = await fetchOrFail(client);
      log.info(`${name} was fetched from ${client.server}`, { msgid: messages.volfileFetched.id });
      return inspectText(name, text, settings);
    },
    onChange(fn) {
      changed = fn;
    },
    close: () => client.close(),
  };
}

/** @throws {Failure} */
async function fetchOrFail(client: VolfileClient): Promise<string> {
  try {
    return await client.fetch();
  } catch (error) {
    throw error instanceof FetchError ? new Failure(error.message) : error;
  }
}
