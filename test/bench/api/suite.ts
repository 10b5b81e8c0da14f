/**
 * The suite `npm run bench api`: volumes as a programming interface, beside a mount of the same stack and
 * beside GlusterFS's libgfapi on the same brick.
 */
import type { Suite } from '../suite.ts';
import { measureInPython, measureOnBrick, measureOnMount } from './calls.ts';
import { measureCopies } from './copy.ts';

export const api: Suite = {
  about: `Compares a program's calls on a volume with the same calls in other ways: Volume beside a mount of the same stack
(mount), and beside libgfapi, on a brick of GlusterFS (brick); the package glossa beside os on a mount (python); glossa fs
cp beside cp on GlusterFS's mount (copy). As root on a quiet machine; a full run takes five minutes.`,
  legend: `Processes are unpinned. The mounts' callers (in Python for Python) ask for a relative name, and the kernel caches
nothing for them: each call is a request, as those of Volume are. libgfapi's caller is in C. A copy
is a command from its start to its end; copies out of the volume are made at a second mount, whose kernel has cached
nothing.`,
  isPlaced: false,
  parts: {
    mount: measureOnMount,
    brick: measureOnBrick,
    python: measureInPython,
    copy: measureCopies,
  },
};
