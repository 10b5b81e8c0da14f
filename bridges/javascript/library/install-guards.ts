/** Installs guards (guard.ts) on the library's classes. */
import { Child, Reply } from './child.ts';
import { Client } from './client.ts';
import { Frame } from './frame.ts';
import { guard } from './guard.ts';
import { Fd, Inode, Loc } from './inode.ts';
import { Fields, HOST_VALUE } from './values.ts';

const hostValue = { [HOST_VALUE]: undefined };

guard(Fields, { instead: 'fields are those of its kind' }, hostValue);
guard(Loc, { instead: 'a loc does not change: loc.replace({…})' }, hostValue);
guard(Inode, { instead: 'keep notes in inode.ctx' }, hostValue);
guard(Fd, { instead: 'keep notes in fd.ctx' }, hostValue);
guard(Client, { instead: 'keep notes in client.ctx' }, hostValue);
guard(Reply, { instead: 'a reply does not change: reply.replace({…})' }, hostValue);
guard(Child, { name: 'a child', instead: 'its methods are the fops' }, hostValue);
guard(Frame, { name: 'frame', isOpen: true, instead: 'keep notes in frame.local' }, hostValue);
