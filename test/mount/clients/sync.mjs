// Writes data to the disk by each call that syncs.
import * as fs from 'node:fs';

const fd = fs.openSync('f', 'w+');
fs.writeSync(fd, 'data\n'.repeat(5000));
fs.fsyncSync(fd);
fs.fdatasyncSync(fd);
fs.writeSync(fd, 'more\n');
fs.fsyncSync(fd);
fs.closeSync(fd);

fs.mkdirSync('d');
const dir = fs.openSync('d', 'r');
fs.writeFileSync('d/x', '');
fs.fsyncSync(dir);
fs.rmSync('d', { recursive: true });
fs.fsyncSync(dir);
fs.closeSync(dir);
fs.mkdirSync('d');

const wanted = fs.openSync('s', fs.constants.O_WRONLY | fs.constants.O_CREAT | fs.constants.O_SYNC);
for (let i = 0; i < 20; i++) fs.writeSync(wanted, `${i}\n`);
fs.closeSync(wanted);
