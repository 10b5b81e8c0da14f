/**
 * Encodes and decodes messages of the Debug Adapter Protocol: a header with the length, and JSON
 * (https://microsoft.github.io/debug-adapter-protocol/overview#base-protocol).
 */

/** The most bytes of a message; messages with sources and values are far shorter. */
const BYTES_MAX = 16 * 1024 * 1024;
/** The most bytes without the end of a header. */
const HEADER_MAX = 4096;
const HEADER_END = '\r\n\r\n';

/** Bytes that are no message: where the next message begins is unknown, so the session must end. */
export class BadStream extends Error {
  readonly code = 'GLOSSA_DAP_STREAM';
}

export function encodeMessage(message: object): Buffer {
  const json = Buffer.from(JSON.stringify(message));
  return Buffer.concat([Buffer.from(`Content-Length: ${json.length}${HEADER_END}`), json]);
}

export class MessageDecoder {
  private rest: Buffer = Buffer.alloc(0);

  /** Adds bytes; returns the messages that are complete. @throws {BadStream} */
  push(bytes: Uint8Array): unknown[] {
    this.rest = Buffer.concat([this.rest, bytes]);
    const messages: unknown[] = [];
    for (;;) {
      const end = this.rest.indexOf(HEADER_END);
      if (end < 0) {
        if (this.rest.length > HEADER_MAX) throw new BadStream('a message without a header');
        return messages;
      }
      const length = parseLength(this.rest.toString('latin1', 0, end));
      const from = end + HEADER_END.length;
      if (this.rest.length < from + length) return messages;
      messages.push(parseMessage(this.rest.toString('utf8', from, from + length)));
      this.rest = this.rest.subarray(from + length);
    }
  }
}

function parseLength(header: string): number {
  const length = Number(/^content-length: *(\d+) *$/im.exec(header)?.[1] ?? Number.NaN);
  if (length <= BYTES_MAX) return length;
  throw new BadStream(Number.isNaN(length) ? 'a header without a length' : 'a message too long');
}

function parseMessage(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new BadStream('a message that is no JSON');
  }
}
