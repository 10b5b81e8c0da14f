/**
 * Makes calls on a Volume in this process and times them: `volume-caller VOLFILE DIRECTORY`. Its orders
 * and lines are those of `caller.c`; `flight` keeps 64 promises under way.
 */
import { createInterface } from 'node:readline';
import { Volume } from '../../../server/open-volume.ts';

const NAMES = 100;
const FILE_SIZE = 4096;
const IN_FLIGHT = 64;

const [volfile = '', directory = ''] = process.argv.slice(2);
let volume: Volume;
const paths = Array.from({ length: NAMES }, (_, index) => `${directory}/name-${index}`);
const buffer = new Uint8Array(FILE_SIZE);
let wrong = 0;

async function makeFiles(): Promise<void> {
  await volume.mkdir(directory, { recursive: true });
  const content = new Uint8Array(FILE_SIZE).fill('x'.charCodeAt(0));
  for (const path of paths) {
    const found = await volume.stat(path).catch(() => null);
    if (found === null) await volume.writeFile(path, content);
  }
}

async function callStat(call: number): Promise<void> {
  const { size } = await volume.stat(paths[call % NAMES]!);
  if (size !== FILE_SIZE) wrong += 1;
}

async function callRead(call: number): Promise<void> {
  const handle = await volume.open(paths[call % NAMES]!);
  const { bytesRead } = await handle.read(buffer, 0, FILE_SIZE);
  await handle.close();
  if (bytesRead !== FILE_SIZE || buffer[FILE_SIZE - 1] !== 'x'.charCodeAt(0)) wrong += 1;
}

async function callInTurn(call: (index: number) => Promise<void>, count: number) {
  const times = new Float64Array(count);
  const first = performance.now();
  for (let index = 0; index < count; index++) {
    const begin = performance.now();
    await call(index);
    times[index] = performance.now() - begin;
  }
  const mean = ((performance.now() - first) / count) * 1000;
  times.sort();
  const percentile = (part: number): number => times[Math.floor(count * part)]! * 1000;
  return { mean, p50: percentile(0.5), p99: percentile(0.99) };
}

async function callInFlight(count: number) {
  let next = 0;
  const keepCalling = async (): Promise<void> => {
    while (next < count) await callStat(next++);
  };
  const first = performance.now();
  await Promise.all(Array.from({ length: IN_FLIGHT }, keepCalling));
  const mean = ((performance.now() - first) / count) * 1000;
  return { mean, p50: mean, p99: mean };
}

async function main(): Promise<void> {
  volume = await Volume.open(volfile);
  await makeFiles();
  console.log('ready');
  for await (const line of createInterface({ input: process.stdin })) {
    const [order, count] = line.split(' ');
    const sample =
      order === 'flight'
        ? await callInFlight(Number(count))
        : await callInTurn(order === 'read' ? callRead : callStat, Number(count));
    if (wrong > 0) {
      console.error(`volume-caller: ${wrong} of ${count} replies were wrong`);
      process.exit(3);
    }
    console.log(JSON.stringify(sample));
  }
  await volume.close();
}

void main();
