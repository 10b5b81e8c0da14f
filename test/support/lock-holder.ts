/** A program that locks a file of a brick, reports it, and stays: `lock-holder.ts PORT PATH`. */

import { F_SETLK, F_WRLCK } from '../../runtime/core/lock.ts';
import { Loc } from '../../runtime/core/operands.ts';
import { BrickClients } from './brick-clients.ts';

const [port, path] = process.argv.slice(2) as [string, string];
const { driver } = await new BrickClients().open(Number(port), { caller: { lkOwner: 'ab' } });
const { inode } = await driver.find(path);
const fd = driver.makeFd(inode, 2);
await driver.expect('open', new Loc(inode), 2, fd, null);
const flock = { type: F_WRLCK, whence: 0, start: 0, len: 0, pid: process.pid, owner: '' };
await driver.expect('lk', fd, F_SETLK, flock, null);
process.stdout.write('locked\n');
