import { describe, expect, it } from 'vitest';
import type { WasmMemory } from '../host/web-assembly.ts';
import { ModuleExit, makeImports } from './imports.ts';

const PAGE = 65_536;
const [SUCCESS, EBADF, EFAULT, EINVAL] = [0, 8, 21, 28];
type Call = (...args: unknown[]) => number;

/** The functions of a module with `pages` of memory, and the lines that it has logged. */
function make(pages = 4) {
  const memory = { buffer: new ArrayBuffer(pages * PAGE) } as WasmMemory;
  const lines: string[] = [];
  const host = {
    getMemory: () => memory,
    now: () => 0,
    wallClockMs: () => 0,
    fillRandom: (out: Uint8Array) => void out.fill(7),
    log: (_level: number, text: string) => void lines.push(text),
  };
  const { imports, output } = makeImports(host, (call) => call);
  const wasi = imports.wasi_snapshot_preview1 as unknown as Readonly<Record<string, Call>>;
  const view = new DataView(memory.buffer);
  /** Writes the vectors at 0 and calls `fd_write`; the result, and the number at 4096. */
  const write = (fd: number, pieces: readonly (readonly [at: number, length: number])[]) => {
    pieces.flat().forEach((number, i) => {
      view.setUint32(4 * i, number, true);
    });
    view.setUint32(4096, 0xffffffff, true);
    const errno = wasi.fd_write!(fd, 0, pieces.length, 4096);
    return [errno, view.getUint32(4096, true)];
  };
  return { bytes: new Uint8Array(memory.buffer), lines, wasi, write, flush: () => output.flush() };
}

describe('fd_write of a module in WebAssembly', () => {
  it('writes 64 KiB of more, and the caller gets the whole text into the log by writing the rest', () => {
    const { bytes, lines, write, flush } = make();
    const text = Array.from({ length: 3000 }, (_, i) => `line ${i} äöü`).join('\n');
    bytes.set(new TextEncoder().encode(text), PAGE);
    const length = new TextEncoder().encode(text).length;
    let calls = 0;
    for (let done = 0; done < length; calls += 1) {
      const [errno, written] = write(1, [
        [PAGE + done, 10],
        [PAGE + done + 10, Math.max(0, length - done - 10)],
      ]) as [number, number];
      expect(errno).toBe(SUCCESS);
      expect(written).toBeGreaterThan(0);
      done = Math.min(length, done + written);
    }
    flush();
    expect(calls).toBe(Math.ceil(length / PAGE));
    expect(lines.join('\n')).toBe(text);
  });

  it('writes nothing of pieces of which one is outside of the memory', () => {
    const { bytes, lines, write, flush } = make();
    bytes.fill(65, PAGE, 2 * PAGE);
    expect(
      write(1, [
        [PAGE, 5],
        [4 * PAGE - 1, 2],
      ]),
    ).toEqual([EFAULT, 0xffffffff]);
    flush();
    expect(lines).toEqual([]);
  });

  it('does not read pieces after the first 64 KiB', () => {
    const { bytes, lines, write, flush } = make();
    bytes.fill(65, PAGE, 2 * PAGE);
    expect(
      write(2, [
        [PAGE, PAGE],
        [0xfffffff0, 100],
      ]),
    ).toEqual([SUCCESS, PAGE]);
    flush();
    expect(lines.join('').length).toBe(PAGE);
  });

  it('fails with EFAULT for a result outside of the memory, and with EBADF for other descriptors', () => {
    const { lines, wasi, write } = make();
    expect(wasi.fd_write!(1, 0, 0, -1)).toBe(EFAULT);
    expect(wasi.fd_write!(1, -8, 2, 0)).toBe(EFAULT);
    expect(wasi.fd_write!(1, 0, -1, 0)).toBe(EINVAL);
    expect([0, 3, 4, -1].map((fd) => write(fd, [[0, 1]])[0])).toEqual([EBADF, EBADF, EBADF, EBADF]);
    expect(lines).toEqual([]);
  });
});

describe('the other functions for a module in WebAssembly', () => {
  it('refuse pointers outside of the memory, and give no environment and no arguments', () => {
    const { wasi, bytes } = make();
    bytes.fill(0xff);
    expect(wasi.clock_time_get!(0, 0n, -4)).toBe(EFAULT);
    expect(wasi.clock_time_get!(9, 0n, 0)).toBe(EINVAL);
    expect(wasi.clock_res_get!(0, 4 * PAGE)).toBe(EFAULT);
    expect(wasi.random_get!(0, PAGE + 1)).toBe(EINVAL);
    expect(wasi.random_get!(-1, 16)).toBe(EFAULT);
    expect(wasi.fd_fdstat_get!(1, -1)).toBe(EFAULT);
    for (const name of ['environ_sizes_get', 'args_sizes_get']) {
      expect(wasi[name]!(8, -4)).toBe(EFAULT);
      expect(wasi[name]!(8, 12)).toBe(SUCCESS);
      expect([...bytes.subarray(8, 16)]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    }
    expect(() => wasi.proc_exit!(0)).toThrow(ModuleExit);
  });
});
