/**
 * Parts of a request's way by themselves: what a breakdown from samples is checked by. They are
 * measured in this process, hot and without a mount, so they are the least that a part can take.
 */
import { closeSync, openSync } from 'node:fs';
import { allLanguages } from '../../../../bridges/languages.ts';
import { Log, WARNING } from '../../../../runtime/core/log.ts';
import { OP } from '../../../../runtime/mount/fuse/opcodes.ts';
import { Session } from '../../../../runtime/mount/fuse/session.ts';
import { fuseInitiator } from '../../../../runtime/mount/fuse/translator.ts';
import { write } from '../../../../runtime/sys/libc.ts';
import { isMissing } from '../../engine/missing.ts';
import type { Micro } from '../../engine/schema.ts';
import { compare, difference, median } from '../../engine/statistics.ts';
import { Cleanup } from '../cleanup.ts';
import type { Batch } from './callers.ts';
import { type Lab, languages, nothing, startGraph } from './graphs.ts';
import { callCosts } from './measure.ts';
import { measurePairs } from './pairs.ts';

const LOAD = { rounds: 9, best: 8, count: 250, warm: 20_000 };
const NS = 1000;

/** Of `struct fuse_in_header` and `struct fuse_out_header`. */
const IN_HEADER = 40;
const OUT_HEADER = 16;
/** The kernel's number of the root. */
const ROOT = 1;

/** A OP.LOOKUP of a name in the root, as the kernel writes it. */
function lookupOf(name: string): Buffer {
  const message = Buffer.alloc(IN_HEADER + name.length + 1);
  message.writeUInt32LE(message.length, 0);
  message.writeUInt32LE(OP.LOOKUP, 4);
  message.writeBigUInt64LE(2n, 8);
  message.writeBigUInt64LE(BigInt(ROOT), 16);
  message.write(name, IN_HEADER);
  return message;
}

const timed =
  (act: () => void): Batch =>
  async (count) => {
    const begin = performance.now();
    for (let at = 0; at < count; at++) act();
    return ((performance.now() - begin) * 1000) / count;
  };

/** A session that answers to nowhere: what is left of a request is the server's own work. */
async function server(lab: Lab): Promise<Micro[]> {
  const graph = await startGraph(lab, [nothing]);
  const fd = openSync('/dev/null', 'w');
  const levels = { default: WARNING, volumes: new Map() };
  const log = new Log({ write: lab.say, now: Date.now }, levels, 'fuse');
  const timeouts = { attributeTimeout: 1, entryTimeout: 0, negativeTimeout: 0 };
  const options = { ...timeouts, busyPollUs: 0, passthrough: false };
  const session = new Session(fd, fuseInitiator(graph, log).connect(), options, () => {});
  const message = lookupOf('a name that is absent');
  const answer = Buffer.alloc(OUT_HEADER);
  try {
    const { call, request } = await measurePairs(
      lab,
      {
        call: timed(() => write(fd, answer, OUT_HEADER)),
        request: timed(() => {
          session.buffer.set(message);
          session.message(message.length);
        }),
      },
      LOAD,
    );
    return [
      {
        what: 'reading a request and writing its answer, two system calls that do nothing',
        parts: ['kernel and FUSE'],
        stack: null,
        nanoseconds: 2 * NS * median(call),
      },
      {
        what: 'decoding a lookup, a graph of one volume, and encoding the answer',
        parts: ['decode', 'graph', 'reply'],
        stack: null,
        nanoseconds: NS * Math.max(0, compare(request, call, difference).median),
      },
    ];
  } finally {
    session.close();
    closeSync(fd);
  }
}

/** Of the stacks that are named as languages are, as with `--in`. */
async function crossings(lab: Lab, stacks: readonly string[]): Promise<Micro[]> {
  const named = allLanguages
    .map(([name]) => name)
    .filter((name) => name !== 'typescript' && stacks.includes(name));
  if (named.length === 0) return [];
  const { over } = await callCosts(lab, 'passed', named, LOAD);
  return named.flatMap((language) => {
    const cost = over[language];
    if (cost === undefined || isMissing(cost)) return [];
    return {
      what: `a call into ${languages[language].title} that passes a lookup on`,
      parts: ['crossing', 'script'],
      stack: language,
      nanoseconds: Math.max(0, cost.median),
    };
  });
}

/** @param stacks their names @throws {NotMeasured} */
export async function microCosts(
  about: Omit<Lab, 'cleanup'>,
  stacks: readonly string[],
): Promise<Micro[]> {
  const cleanup = new Cleanup();
  const lab: Lab = { ...about, cleanup };
  try {
    return [...(await server(lab)), ...(await crossings(lab, stacks))];
  } finally {
    await cleanup.run(lab.say);
  }
}
