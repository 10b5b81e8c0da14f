/** Which objects a script's slips are told of; see guard.ts. */
import { Child, Reply } from './child.ts';
import { Frame } from './frame.ts';
import { guard } from './guard.ts';
import { Fd, Inode, Loc } from './inode.ts';
import { Fields, LENT } from './values.ts';

const lent = { [LENT]: undefined };

guard(Fields, { instead: 'fields are those of its kind' }, lent);
guard(Loc, { instead: 'a loc does not change: loc.replace({…})' }, lent);
guard(Inode, { instead: 'keep notes in inode.ctx' }, lent);
guard(Fd, { instead: 'keep notes in fd.ctx' }, lent);
guard(Reply, { instead: 'a reply does not change: reply.replace({…})' }, lent);
guard(Child, { name: 'a child', instead: 'its methods are the fops' }, lent);
guard(Frame, { name: 'frame', open: true, instead: 'keep notes in frame.local' }, lent);
