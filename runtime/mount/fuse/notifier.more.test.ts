/** The notifier's thread, when the process ends at once. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../sys/paths.ts';

/** Runs code in a child process, because a failure would abort the whole process. */
function ends(program: string): unknown {
  const notifier = join(packageRoot, 'dist/runtime/mount/fuse/notifier.js');
  const begin = `
    import { openSync } from 'node:fs';
    const { Notifier } = await import(process.argv[1]);
    let written = 0;
    const notifier = new Notifier({ noticeFd: openSync('/dev/null', 'r+') }, {
      onWritten: () => void (written += 1),
      onBroken: (why) => console.log(why),
    });
    notifier.write(new Uint8Array(8));
  `;
  const line = ['--input-type=module', '-e', begin + program, notifier];
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, line, {
    encoding: 'utf8',
  });
  return { status, signal, stdout, stderr };
}
const well = { status: 0, signal: null, stderr: '' };

test('a notifier that was closed reports no more messages as written', () => {
  const blocked = `
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
    notifier.close();
    setTimeout(() => process.stdout.write(String(written)), 50);
  `;
  expect(ends(blocked)).toEqual({ ...well, stdout: '0' });
});

test('the notifier can be closed at any moment, also while its thread starts', () => {
  for (let ms = 20; ms < 50; ms += 2) {
    const ended = ends(`setTimeout(() => { notifier.close(); process.exit(); }, ${ms})`);
    expect(ended).toEqual({ ...well, stdout: '' });
  }
});
