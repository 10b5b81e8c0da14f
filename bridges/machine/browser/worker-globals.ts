/** Declares types of a browser worker's globals that Node's types lack, or declare otherwise. */

export interface WebWorker {
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onerror: ((event: { readonly message?: string }) => void) | null;
  postMessage(message: unknown, transfer?: readonly object[]): void;
  terminate(): void;
}

interface Web {
  /** True if threads may share memory. */
  readonly crossOriginIsolated?: boolean;
  readonly Worker?: new (url: string, options: { readonly name: string }) => WebWorker;
  readonly crypto: { getRandomValues(out: Uint8Array): void };
  readonly MessageChannel: new () => { readonly port1: WebPort; readonly port2: WebPort };
  fetch(url: string): Promise<WebResponse>;
}

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

export const web = globalThis as unknown as Web;
