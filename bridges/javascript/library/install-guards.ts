/** Installs guards (guard.ts) on the library's classes. */
import { Child, Reply } from './child.ts';
import { Client } from './client.ts';
import { Frame } from './frame.ts';
import { guard } from './guard.ts';
import { Fd, Inode, Loc } from './inode.ts';
import { Fields, HOST_VALUE } from './values.ts';

const HOST_VALUE_NAME = { [HOST_VALUE]: undefined };

guard(Fields, { instead: 'fields are those of its kind' }, HOST_VALUE_NAME);
guard(Loc, { instead: 'a loc does not change: loc.replace({…})' }, HOST_VALUE_NAME);
guard(Inode, { instead: 'keep notes in inode.ctx' }, HOST_VALUE_NAME);
guard(Fd, { instead: 'keep notes in fd.ctx' }, HOST_VALUE_NAME);
guard(Client, { instead: 'keep notes in client.ctx' }, HOST_VALUE_NAME);
guard(Reply, { instead: 'a reply does not change: reply.replace({…})' }, HOST_VALUE_NAME);
guard(Child, { name: 'a child', instead: 'its methods are the fops' }, HOST_VALUE_NAME);
guard(
  Frame,
  { name: 'frame', isOpen: true, instead: 'keep notes in frame.local' },
  HOST_VALUE_NAME,
);
