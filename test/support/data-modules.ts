/** Modules that filter data, and graphs with one over storage/memory. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import glupy from '../../bridges/glupy.ts';
import { type Caller, connect, Driver, ROOT_CALLER } from '../../runtime/api/driver.ts';
import { Volume } from '../../runtime/api/volume.ts';
import memory from '../../runtime/xlators/storage/memory/index.ts';
import { FakeContext, startGraph, type TestVolume } from './core.ts';
import { makeFolder } from './folder.ts';

/** A small block: its byte count, an overhead, and codes of which no block is zeros. */
export const BLOCKS = `from glupy import *

class xlator(Translator):
    block_size = 10
    block_overhead = 3

    def encode(self, frame, inode, index, data):
        return b"<%d" % (index % 10) + bytes(each ^ 0x55 for each in data) + b">"

    def decode(self, frame, inode, index, data):
        if data[:2] != b"<%d" % (index % 10) or data[-1:] != b">":
            raise OSError(EBADMSG, f"block {index}: {data}")
        return bytes(each ^ 0x55 for each in data[2:-1])
`;
export const BLOCKS_JS = `import { Translator, FopError, EBADMSG } from 'glossa';

const turn = (data) => data.map((each) => each ^ 0x55);

export class xlator extends Translator {
  static blockSize = 10;
  static blockOverhead = 3;

  encode(frame, inode, index, data) {
    return Uint8Array.of(60, 48 + (index % 10), ...turn(data), 62);
  }

  decode(frame, inode, index, data) {
    if (data[0] !== 60 || data[1] !== 48 + (index % 10) || data.at(-1) !== 62) throw new FopError(EBADMSG);
    return turn(data.slice(2, -1));
  }
}
`;
/** Changes each byte by its place. */
export const TRANSFORM = `from glupy import *

def turn(offset, data):
    return bytes(each ^ 0x55 ^ ((offset + at) & 15) for at, each in enumerate(data))

class xlator(Translator):
    def transform_read(self, frame, fd, offset, data):
        return turn(offset, data)

    def transform_write(self, frame, fd, offset, data):
        return turn(offset, data)
`;
export const TRANSFORM_JS = `import { Translator } from 'glossa';

const turn = (offset, data) => data.map((each, at) => each ^ 0x55 ^ ((offset + at) & 15));

export class xlator extends Translator {
  transformRead(frame, fd, offset, data) {
    return turn(offset, data);
  }

  transformWrite(frame, fd, offset, data) {
    return turn(offset, data);
  }
}
`;

export interface Filtered {
  readonly above: Volume;
  /** The stored data. */
  readonly below: Volume;
  readonly context: FakeContext;
  /** Sends fops from above. */
  readonly as: (caller: Partial<Caller>) => Driver;
}

/** Starts a module over storage/memory. @param between volumes between the two */
export async function openFiltered(
  source: string,
  options: Readonly<Record<string, string>> = {},
  between: readonly TestVolume[] = [],
): Promise<Filtered> {
  const folder = makeFolder();
  const file = source.startsWith('import {') ? 'm.mjs' : 'm.py';
  writeFileSync(join(folder, file), source);
  const context = new FakeContext();
  const store = await startGraph([{ translator: memory }] as never, context);
  const below = Volume.fromGraph(store, { ownsGraph: true });
  const through = { ...memory, init: () => store.top.priv, fini: () => {} };
  const module = { 'module-path': folder, 'module-name': 'm', ...options };
  const graph = await startGraph(
    [{ translator: through }, ...between, { translator: glupy, options: module }] as never,
    context,
  );
  const above = Volume.fromGraph(graph, { ownsGraph: true });
  onTestFinished(async () => {
    await above.close();
    await below.close();
  });
  const client = connect(graph);
  const as = (caller: Partial<Caller>) => new Driver(client, { ...ROOT_CALLER, ...caller });
  return { above, below, context, as };
}
