/** The limit of a module's log counts the bytes that the log has then, also in JSON. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatJson, INFO, type LogRecord, type LogSource } from '../../../runtime/core/log.ts';
import { FakeContext, HeldLeaf, startGraph } from '../../../test/support/core.ts';
import { LimitedLog, shortenSource } from './limited-log.ts';

const BYTES_PER_SECOND = 100;
/** A burst of 16 seconds, without the eighth that is reserved for warnings. */
const BURST_BYTES = 16 * BYTES_PER_SECOND * (7 / 8);
/** The least and the most bytes that a line has besides text and names. */
const [LEAST_HEAD_BYTES, MOST_HEAD_BYTES] = [60, 150];

const formatRecord = (text: string, source: LogSource): string => {
  const record: LogRecord = { ...source, time: 0, level: INFO, graphId: 0, domain: 'q', text };
  return formatJson(record);
};

/** Logs a text again and again until the limit; returns the lines of `--log-format json`. */
async function logUntilLimit(text: string, file: string): Promise<readonly string[]> {
  const leaf = new HeldLeaf();
  const graph = await startGraph([{ translator: leaf.translator }], new FakeContext());
  const log = new LimitedLog(graph.top, BYTES_PER_SECOND);
  const source = shortenSource({ file, line: 1, func: 'f' });
  const lines: string[] = [];
  for (;;) {
    const admitted = log.admit(INFO, text, source);
    if (admitted === null) break;
    lines.push(formatRecord(admitted, source));
  }
  await graph.stop();
  return lines;
}

/** Texts that JSON, UTF-8 or the host's escapes lengthen. */
const hostileText = fc
  .array(
    fc.constantFrom(
      '"',
      '\\',
      '\u0001',
      '\u001b',
      '\u007f',
      '\u0085',
      '\n',
      '\t',
      '\u2028',
      'é',
      '€',
      '😀',
      '\ud800',
      'a',
    ),
    { maxLength: 120 },
  )
  .map((characters) => characters.join(''));

it('a text of quotes, backslashes and control characters counts as its escaped form', () =>
  fc.assert(
    fc.asyncProperty(hostileText, hostileText, async (text, file) => {
      const lines = await logUntilLimit(text, file);
      const writtenBytes = lines.reduce((sum, line) => sum + Buffer.byteLength(line), 0);
      expect(writtenBytes).toBeLessThanOrEqual(
        BURST_BYTES + lines.length * (MOST_HEAD_BYTES - LEAST_HEAD_BYTES),
      );
      // The next line would not have had room, at the most that is charged for its head.
      const nextBytes = Buffer.byteLength(lines[0] ?? '') + MOST_HEAD_BYTES;
      if (lines.length > 0)
        expect(writtenBytes + lines.length * MOST_HEAD_BYTES + nextBytes).toBeGreaterThan(
          BURST_BYTES,
        );
    }),
    { numRuns: 100 },
  ));

it.each([
  ['"', 2],
  ['\\', 2],
  ['\t', 2],
  // Escaped by the host as \x01, whose backslash JSON escapes again.
  ['\u0001', 5],
  ['\u001b', 5],
  ['a', 1],
  ['é', 2],
  ['😀', 4],
])('each %j of a text takes %i bytes of the limit', async (character, bytes) => {
  const [short, long] = [100, 300];
  const count = async (length: number): Promise<number> =>
    (await logUntilLimit(character.repeat(length), 'm.py')).length;
  // A line has 100 bytes besides its text, and the names `m.py` and `f`.
  const expectCount = (length: number): number =>
    Math.floor(BURST_BYTES / (length * bytes + 100 + 5));
  expect([await count(short), await count(long)]).toEqual([expectCount(short), expectCount(long)]);
});

it('a module that logs without a pause for ten minutes writes a burst and the bytes of that time', async () => {
  const context = new FakeContext();
  const graph = await startGraph([{ translator: new HeldLeaf().translator }], context);
  const log = new LimitedLog(graph.top, BYTES_PER_SECOND);
  const source = shortenSource({ file: 'm.py', line: 1, func: 'f' });
  let bytes = 0;
  for (let ms = 0; ms < 600_000; ms += 100) {
    for (let text = log.admit(INFO, 'x', source); text !== null; ) {
      bytes += Buffer.byteLength(formatRecord(text, source));
      text = log.admit(INFO, 'x', source);
    }
    context.advance(100);
  }
  await graph.stop();
  const most = (16 + 600) * BYTES_PER_SECOND * (MOST_HEAD_BYTES / 100);
  expect(bytes).toBeLessThanOrEqual(most);
  expect(bytes).toBeGreaterThan(most / 4);
});
