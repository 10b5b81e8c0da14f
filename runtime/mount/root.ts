/** Whether a graph is fit to be mounted: its root has to answer. */
import { EIO, strerror } from '../core/errno.ts';
import { wind } from '../core/fops.gen.ts';
import { newRequest, Stack } from '../core/frame.ts';
import type { Graph } from '../core/graph.ts';
import { Loc } from '../core/loc.ts';
import type { Cbk } from '../core/xlator.ts';
import { mountError } from './fuse/mount-error.ts';

/** @throws {MountError} when the root cannot be looked up */
export async function lookupRoot(graph: Graph, mountpoint: string): Promise<void> {
  const errno = await new Promise<number>((resolve) => {
    const frame = newRequest(new Stack(0, 0, 0, 'LOOKUP'), graph.top);
    frame.local = resolve;
    wind.lookup(frame, 0, rootCbk, graph.links, new Loc(graph.inodes.root), null);
  });
  if (errno === 0) return;
  const detail = `the root of volume '${graph.top.name}' cannot be looked up: ${strerror(errno)}`;
  throw mountError('MOUNT_FAILED', mountpoint, detail);
}

const rootCbk: Cbk<'lookup', unknown> = (frame, _cookie, _xl, opRet, opErrno) => {
  const resolve = frame.local as (errno: number) => void;
  resolve(opRet >= 0 ? 0 : opErrno || EIO);
};
