/**
 * Calls a module's `encode` and `decode` of blocks, or its `transformRead` and `transformWrite`, for the host
 * (bridges/host/requests/data-filter.ts).
 */
import { type Data, toBytes } from './data.ts';
import type { Frame } from './frame.ts';
import { host } from './host.ts';
import { type Fd, getFd, Inode } from './inode.ts';
import { locateReturn } from './report.ts';

type Convert = (frame: Frame, inode: Inode, index: number, data: Uint8Array) => unknown;
type Transform = (frame: Frame, fd: Fd, offset: number, data: Uint8Array) => unknown;

interface DataMethods {
  readonly encode?: Convert;
  readonly decode?: Convert;
  readonly transformRead?: Transform;
  readonly transformWrite?: Transform;
  readonly constructor: { readonly blockOverhead?: number };
}

/** The most bytes of a block. */
const MOST_BYTES = 2 ** 20;

/** Describes the filter of data of a class, as parts of its description for the host. @throws {TypeError} */
export function describeData(
  translatorClass: { prototype: object; blockSize?: unknown; blockOverhead?: unknown },
  isAsync: (method: unknown) => boolean,
) {
  const { blockSize: size, blockOverhead: overhead = 0 } = translatorClass;
  const { encode, decode, transformRead, transformWrite } =
    translatorClass.prototype as DataMethods;
  const transforms = { transformRead, transformWrite };
  const transformsData = (transformRead ?? transformWrite) !== undefined;
  if (transformsData) check(transforms, 'the other of the two', 'frame, fd, offset, data', isAsync);
  if (size === undefined && encode === undefined && decode === undefined) return { transformsData };
  check({ encode, decode }, 'static blockSize', 'frame, inode, index, data', isAsync);
  if (!isCount(size) || size < 1 || size > MOST_BYTES)
    throw new TypeError(
      `static blockSize must be from 1 to ${MOST_BYTES} bytes, not ${String(size)}`,
    );
  if (!isCount(overhead) || overhead > size)
    throw new TypeError(
      `static blockOverhead must be from 0 to blockSize, not ${String(overhead)}`,
    );
  return { transformsData, blocks: { size, overhead } };
}

/** Checks the two methods of a filter: what the one has written, the other reads. @throws {TypeError} */
function check(
  methods: Readonly<Record<string, unknown>>,
  needing: string,
  params: string,
  isAsync: (method: unknown) => boolean,
): void {
  for (const [name, method] of Object.entries(methods)) {
    if (typeof method !== 'function')
      throw new TypeError(`${needing} needs a method ${name}(${params})`);
    if (isAsync(method)) throw new TypeError(`${name} cannot be async`);
  }
}

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0;

/** Converts data, for the entry point of methods. @param b the bytes of a block, or the number of an fd */
export function convertData(
  this: DataMethods,
  frame: Frame,
  name: string,
  gfid: string,
  a: number,
  b: number,
  handle: number,
  data: Data | null,
): void {
  const bytes = toBytes(data)!;
  if (name.startsWith('transform')) {
    const method = (name === 'transform_read' ? this.transformRead : this.transformWrite)!;
    const made = method.call(this, frame, getFd(b)!, a, bytes.slice());
    sendData(frame, checkMade(method, made, bytes.length, bytes.length));
    return;
  }
  const method = (name === 'encode' ? this.encode : this.decode)!;
  const { blockOverhead = 0 } = this.constructor;
  const growth = name === 'encode' ? blockOverhead : -blockOverhead;
  const inode = new Inode(handle, gfid);
  const out = new Uint8Array(bytes.length + Math.ceil(bytes.length / b) * growth);
  let written = 0;
  for (let start = 0, index = a; start < bytes.length; start += b, index += 1) {
    const block = bytes.slice(start, start + b);
    const made = method.call(this, frame, inode, index, block);
    out.set(checkMade(method, made, block.length, block.length + growth), written);
    written += block.length + growth;
  }
  sendData(frame, out);
}

const sendData = (frame: Frame, { buffer, byteOffset, length }: Uint8Array): void =>
  frame._sendReturned(['data', host.put(buffer as ArrayBuffer, byteOffset, length)]);

/** Returns what a method has made of `given` bytes. */
function checkMade(
  method: Convert | Transform,
  made: unknown,
  given: number,
  expected: number,
): Uint8Array {
  const bytes = toBytes(made);
  if (bytes?.length === expected) return bytes;
  const mistake = new TypeError(
    bytes === undefined
      ? `${method.name} must return a Uint8Array`
      : `${method.name} returned ${bytes.length} bytes for ${given}: ${expected} were expected`,
  );
  // Without the library's own lines.
  mistake.stack = '';
  throw locateReturn(mistake, method);
}
