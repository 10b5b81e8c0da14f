/** Installs guards (guard.ts) on the library's classes. */
import { Child, Reply } from './child.ts';
import { Client } from './client.ts';
import { Frame } from './frame.ts';
import { guard } from './guard.ts';
import { Fd, Inode, Loc } from './inode.ts';
import { Fields, HOST_VALUE } from './values.ts';

/** The library reads this symbol of any object, to recognise received values. */
const HOST_VALUE_NAME = { [HOST_VALUE]: undefined };

guard(Fields, { usageHint: 'fields are those of its kind' }, HOST_VALUE_NAME);
guard(Loc, { usageHint: 'a loc does not change: loc.replace({…})' }, HOST_VALUE_NAME);
guard(Inode, { usageHint: 'keep notes in inode.ctx' }, HOST_VALUE_NAME);
guard(Fd, { usageHint: 'keep notes in fd.ctx' }, HOST_VALUE_NAME);
guard(Client, { usageHint: 'keep notes in client.ctx' }, HOST_VALUE_NAME);
guard(Reply, { usageHint: 'a reply does not change: reply.replace({…})' }, HOST_VALUE_NAME);
guard(Child, { name: 'a child', usageHint: 'its methods are the fops' }, HOST_VALUE_NAME);
guard(
  Frame,
  { name: 'frame', isOpen: true, usageHint: 'keep notes in frame.local' },
  HOST_VALUE_NAME,
);
