/** Declares types of a browser worker's globals that Node's types lack, or declare otherwise. */

/** A worker, or a port to one. */
export interface WebWorker {
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onerror: ((event: { readonly message?: string }) => void) | null;
  postMessage(message: unknown, transfer?: readonly object[]): void;
  terminate(): void;
}

/** The globals that the browser's machine uses. */
interface Web {
  /** True if threads may share memory. */
  readonly crossOriginIsolated?: boolean;
  readonly Worker?: new (url: string, options: { readonly name: string }) => WebWorker;
  readonly crypto: { getRandomValues(out: Uint8Array): void };
  readonly MessageChannel: new () => { readonly port1: WebPort; readonly port2: WebPort };
  fetch(url: string): Promise<WebResponse>;
}

/** One end of a MessageChannel. */
interface WebPort {
  onmessage: (() => void) | null;
  postMessage(message: unknown): void;
  close(): void;
}

interface WebResponse {
  readonly ok: boolean;
  readonly status: number;
  arrayBuffer(): Promise<ArrayBuffer>;
  json(): Promise<unknown>;
}

/** The worker's globals, with these types. */
export const web = globalThis as unknown as Web;
