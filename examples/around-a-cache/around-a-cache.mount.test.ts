/** Requests that the cache answers appear above it only. */
import { expect, it } from 'vitest';
import { onExample } from '../../test/support/example.ts';

onExample('around-a-cache', (example) => {
  /** `VOLUME FUNCTION` of the log lines about a path's requests and replies. */
  const traced = (path: string): string[] => {
    const lines = [
      ...example.mount
        .log()
        .matchAll(/^\[.*\] I \[trace:0:trace_(\w+)\] 0-(above|below): (\d+): (.*)$/gm),
    ].map(([, func, volume, unique, text]) => ({ func, volume, unique, text: text! }));
    const about = new Set(
      lines.filter(({ text }) => text.includes(`path=${path}`)).map(({ unique }) => unique),
    );
    return lines
      .filter(({ unique }) => about.has(unique))
      .map(({ volume, func, text }) =>
        `${volume} ${func} ${/op_ret=-?\d+(, op_errno=\d+)?/.exec(text)?.[0] ?? ''}`.trim(),
      );
  };

  it('two lookups of an absent name appear twice in the trace above the cache and once in that below', async () => {
    await example.runFailing('cat absent');
    const first = [
      'above lookup',
      'below lookup',
      'below lookup_cbk op_ret=-1, op_errno=2',
      'above lookup_cbk op_ret=-1, op_errno=2',
    ];
    expect(traced('/absent')).toEqual(first);
    await example.runFailing('cat absent');
    const second = ['above lookup', 'above lookup_cbk op_ret=-1, op_errno=2'];
    expect(traced('/absent')).toEqual([...first, ...second]);
  });

  it('a mkdir appears in the traces above and below the cache', async () => {
    await example.runOk('mkdir d');
    expect(traced('/d').slice(-4)).toEqual([
      'above mkdir',
      'below mkdir',
      'below mkdir_cbk op_ret=0',
      'above mkdir_cbk op_ret=0',
    ]);
  });
});
