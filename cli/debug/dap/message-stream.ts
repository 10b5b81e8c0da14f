/**
 * Encodes and decodes messages of the Debug Adapter Protocol: a header with the length, and JSON
 * (https://microsoft.github.io/debug-adapter-protocol/overview#base-protocol).
 */

/** The most bytes of a message; messages with sources and values are far shorter. */
const MESSAGE_BYTES_MAX = 16 * 1024 * 1024;
/** The most bytes of a header. */
const HEADER_BYTES_MAX = 4096;
const HEADER_END = '\r\n\r\n';

/**
 * Thrown when the input is no message. The start of the next message is unknown then, so the
 * session must end.
 */
export class BadStream extends Error {
  readonly code = 'GLOSSA_DAP_STREAM';
}

/** Encodes a message with its header. */
export function encodeMessage(message: object): Buffer {
  const json = Buffer.from(JSON.stringify(message));
  return Buffer.concat([Buffer.from(`Content-Length: ${json.length}${HEADER_END}`), json]);
}

/** Splits the bytes of a stream into messages. */
export class MessageDecoder {
  private pendingBytes: Buffer = Buffer.alloc(0);

  /** Adds bytes; returns the messages that are complete. @throws {BadStream} */
  push(bytes: Uint8Array): unknown[] {
    this.pendingBytes = Buffer.concat([this.pendingBytes, bytes]);
    const messages: unknown[] = [];
    for (;;) {
      const headerEnd = this.pendingBytes.indexOf(HEADER_END);
      if (headerEnd < 0) {
        if (this.pendingBytes.length > HEADER_BYTES_MAX)
          throw new BadStream('a message without a header');
        return messages;
      }
      const length = parseLength(this.pendingBytes.toString('latin1', 0, headerEnd));
      const jsonStart = headerEnd + HEADER_END.length;
      if (this.pendingBytes.length < jsonStart + length) return messages;
      messages.push(
        parseMessage(this.pendingBytes.toString('utf8', jsonStart, jsonStart + length)),
      );
      this.pendingBytes = this.pendingBytes.subarray(jsonStart + length);
    }
  }
}

/** Reads the length from a header. @throws {BadStream} */
function parseLength(header: string): number {
  const length = Number(/^content-length: *(\d+) *$/im.exec(header)?.[1] ?? Number.NaN);
  if (length <= MESSAGE_BYTES_MAX) return length;
  throw new BadStream(Number.isNaN(length) ? 'a header without a length' : 'a message too long');
}

function parseMessage(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new BadStream('a message of malformed JSON');
  }
}
