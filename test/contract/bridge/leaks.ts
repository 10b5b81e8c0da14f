/**
 * The leak suite: very many requests that end badly (exceptions, missing answers, unawaited
 * coroutines) leave memory and tables as they were.
 *
 * The module is `leaky` in each language. The mask of `access` and the offset of the async
 * `truncate` choose one of the KINDS below. `statfs` fails after it has logged, as critical, `LEFT`
 * and a list of counts as JSON: the language's remaining objects, with the total last.
 */
import { memoryUsage } from 'node:process';
import { expect, it, onTestFinished } from 'vitest';
import { CRITICAL } from '../../../runtime/core/log.ts';
import { Loc } from '../../../runtime/core/operands.ts';
import { collectGarbage } from '../../../runtime/sys/scheduled-collection.ts';
import type { HeldRequest } from '../../support/core.ts';
import {
  hostedLanguage,
  type Language,
  makeModuleGraph,
  type RunningModule,
} from '../../support/module.ts';

/** Ways to end: of `access`, and of `truncate`. */
const KINDS = {
  access: ['fails', 'raises', 'forgets', 'keeps', 'raises in its callback', 'passes'],
  truncate: ['raises', 'raises after an await', 'waits for ever', 'sleeps too long', 'opens'],
} as const;

/** A number for which a leak of one object or word per request far exceeds the limits below. */
const TOTAL = 125_000;
/** Requests before the first look: tables have their sizes then. */
const FIRST = 30_000;
/** Requests before the clock advances and pending ones time out. */
const BATCH = 2000;
/** The allowance for resized tables; a leak is an eleventh of all requests. */
const SLACK = 2000;
/** Bytes; a leak of a word makes as many of each request. */
const HEAP_SLACK = 0.75 * 2 ** 20;

export function leakContract(
  folder: string,
  language: Language = hostedLanguage,
  total = TOTAL,
): void {
  it(`${total} requests leave nothing behind`, { timeout: 300_000 }, async () => {
    const options = { 'frame-timeout': '30', 'time-limit': '0' };
    const run = makeModuleGraph(folder, { name: 'leaky', options, language, level: CRITICAL });
    await run.graph.start();
    onTestFinished(() => run.graph.stop());
    run.leaf.onRequest = answer;
    send(run, Math.min(FIRST, total / 2));
    countLeft(run);
    const before = countLeft(run);
    const memory = { guest: readMemory(run), host: measureHeap() };
    const tables = readTables(run);
    send(run, total);
    const after = countLeft(run);
    expect(after.counts).toEqual(before.counts);
    expect(readTables(run)).toEqual(tables);
    expect(after.objects - before.objects).toBeLessThan(SLACK);
    expect(readMemory(run)).toBeLessThanOrEqual(memory.guest);
    expect(measureHeap() - memory.host).toBeLessThan(HEAP_SLACK);
    expect(run.knownLoc('file').inode!.fdCount).toBe(0);
    expect(run.context.waiting).toBeLessThan(3);
  });
}

function answer(held: HeldRequest): void {
  if (held.name === 'open') held.answer(0, 0, held.args[2], null);
  else held.answer(0, 0, null);
}

/** Sends requests of every kind in turn, and lets those time out that are not answered. */
function send(run: RunningModule, count: number): void {
  const known = run.knownLoc('file');
  const kinds = KINDS.access.length + KINDS.truncate.length;
  for (let at = 0; at < count; at += 1) {
    const kind = at % kinds;
    if (kind < KINDS.access.length) run.ask('access', known, kind, null);
    else run.ask('truncate', known, kind - KINDS.access.length, null);
    if (at % BATCH === BATCH - 1 || at === count - 1) settle(run);
  }
}

function settle(run: RunningModule): void {
  run.context.advance(31_000);
  run.context.advance(31_000);
  run.expectSettled();
  run.replies.length = 0;
  run.context.lines.length = 0;
}

/** The remaining objects that the module counts. */
function countLeft(run: RunningModule): { counts: number[]; objects: number } {
  run.ask('statfs', new Loc(run.root), null);
  const line = run.context.lines.find((text) => text.includes('LEFT '))!;
  const counts = JSON.parse(line.slice(line.indexOf('LEFT ') + 5)) as number[];
  settle(run);
  return { objects: counts.pop()!, counts };
}

/** The sizes of the tables of its thread, if it has a thread. */
const readTables = (run: RunningModule): unknown =>
  Object.entries(run.dump()).filter(([key]) => key.endsWith('-in-thread'));

/** Bytes of the interpreter. */
const readMemory = (run: RunningModule): number => Number(run.dump()['memory-bytes']);

/** Bytes of this process's own objects that are still of use. */
function measureHeap(): number {
  collectGarbage();
  collectGarbage();
  const { heapUsed, arrayBuffers } = memoryUsage();
  return heapUsed + arrayBuffers;
}
