/** A trace of every fop and reply in the log. */
import { expect, it } from 'vitest';
import { onExample } from '../../test/support/example.ts';

onExample('debug-trace', (example) => {
  it('the trace has a line for each request and for its reply', async () => {
    await example.runOk('mkdir d; echo text > d/f; cat d/f; mv d/f d/g; ls -l d; rm -r d');
    const said = example.moduleLog();
    const [asked, answered] = ['>', '<'].map((mark) =>
      said
        .filter((line) => line.startsWith(`${mark} `))
        .map((line) => line.split(':')[0]!.slice(2)),
    );
    expect(answered!.sort()).toEqual(asked!.sort());
    const text = said.join('\n');
    expect(text).toMatch(
      /^> \d+ MKDIR: loc=\/d \(gfid 0{8}-.*; mode=\d+; .*uid=\d+ gid=\d+ pid=\d+$/m,
    );
    expect(text).toMatch(/^> \d+ WRITEV: fd=fd \d+ \(\/d\/f\); vector=<Data 5 bytes>; offset=0;/m);
    expect(text).toMatch(/^< \d+ WRITEV: op_ret=5; prebuf={.* size=0,.*}; postbuf={.* size=5,/m);
    expect(text).toMatch(/^> \d+ RENAME: oldloc=\/d\/f \(.*\); newloc=\/d\/g /m);
    expect(text).toMatch(/^< \d+ LOOKUP: ENOENT; /m);
  });
});

onExample(
  'debug-trace',
  (example) => {
    it('the trace has no lines for excluded fops', async () => {
      await example.runOk('touch f; stat f; rm f');
      const said = example.moduleLog().join('\n');
      expect(said).toMatch(/ CREATE: /);
      expect(said).not.toMatch(/ (LOOKUP|STAT): /);
    });
  },
  { title: 'exclude', options: ['trace.exclude=lookup,stat'] },
);
