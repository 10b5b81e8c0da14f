/** Waits for the event loop, in Node and in a browser's worker. */
import { BrowserContext } from '../machine/browser/context.ts';

const browser = new BrowserContext(() => {});

/** Node's own is many times faster than the portable one. */
const { setImmediate: immediate } = globalThis as { setImmediate?: (fn: () => void) => void };

/** Resolves when all ready work is done. */
export const turn = (): Promise<void> =>
  new Promise((resolve) => {
    if (immediate === undefined) browser.soon(resolve);
    else immediate(resolve);
  });

export const delay = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
