/** Tests that `node:fs` reaches a volume through `glossa/vfs`, in a Node that has `node:vfs`. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { nodes } from '../support/nodes.ts';

const FLAG = '--experimental-vfs';
const node = nodes.find(
  (path) => spawnSync(path, [FLAG, '-e', 'require("node:vfs")'], { stdio: 'ignore' }).status === 0,
);
if (node === undefined) {
  process.stderr.write(
    'skipped: glossa/vfs: no Node with node:vfs, 26.4 or later (GLOSSA_NODES)\n',
  );
}

const PROGRAM = `
import fs from 'node:fs';
import vfs from 'node:vfs';
import { Volume } from 'glossa';
import { createProvider } from 'glossa/vfs';

const memory = 'volume files\\ntype storage/memory\\nend-volume\\n';
await using volume = await Volume.open({ volfile: memory });
const files = vfs.create(createProvider(volume));
const root = files.mount();
const outcome = {};
fs.mkdirSync(root + '/d');
fs.writeFileSync(root + '/d/a', 'hello');
await fs.promises.appendFile(root + '/d/a', ' world');
outcome.text = await volume.readFile('/d/a', 'utf8');
fs.symlinkSync('a', root + '/d/link');
outcome.link = [fs.readlinkSync(root + '/d/link'), fs.lstatSync(root + '/d/link').isSymbolicLink()];
const fd = fs.openSync(root + '/d/a', 'r+');
const buffer = Buffer.alloc(5);
outcome.read = [fs.readSync(fd, buffer, 0, 5, 6), String(buffer), fs.fstatSync(fd).size];
fs.ftruncateSync(fd, 3);
fs.closeSync(fd);
outcome.names = fs.readdirSync(root + '/d').sort();
outcome.streamed = '';
for await (const piece of fs.createReadStream(root + '/d/a')) outcome.streamed += piece;
try {
  fs.statSync(root + '/absent');
} catch (error) {
  outcome.error = error.code;
}
fs.rmSync(root + '/d', { recursive: true });
outcome.left = await volume.readdir('/');
files.unmount();
console.log(JSON.stringify(outcome));
`;

it.skipIf(node === undefined)(
  'node:fs reads, writes, lists and removes files of a mounted volume',
  () => {
    const args = [FLAG, '--no-warnings', '--input-type=module', '-e', PROGRAM];
    const { stdout, stderr } = spawnSync(node!, args, { cwd: join(packageRoot), encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({
      text: 'hello world',
      link: ['a', true],
      read: [5, 'world', 11],
      names: ['a', 'link'],
      streamed: 'hel',
      error: 'ENOENT',
      left: [],
    });
  },
);
