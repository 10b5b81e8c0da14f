/**
 * The suite `npm run bench api`: volumes as a programming interface, beside a mount of the same stack and
 * beside GlusterFS's libgfapi on the same brick.
 */
import type { Suite } from '../suite.ts';
import { measureInPython, measureOnBrick, measureOnMount } from './calls.ts';
import { measureCopies } from './copy.ts';

export const api: Suite = {
  usage: `usage: npm run bench -- api [options]

Compares a program's calls on a volume (Volume in TypeScript, glossa in Python) with the same calls through
a mount, and with GlusterFS's libgfapi. As root on a quiet machine; a full run takes five minutes.

  --only PART   mount (Volume beside a mount of the same stack), brick (Volume beside libgfapi, on a brick of
                GlusterFS), python (the package glossa beside os on a mount) or copy (glossa fs cp beside cp
                on GlusterFS's mount); may be repeated`,
  legend: `A figure is the median over the rounds [the lowest – the highest]. With a "?", the
rounds of one row lie more than a factor of 1.5 apart: measure again. Processes are unpinned. The mounts'
callers (in C, and in Python for Python) ask for a relative name, and the kernel caches nothing for them: each
call is a request, as those of Volume are. libgfapi's caller is the same program in C. A copy is a command
from its start to its end; copies out of the volume are made at a second mount, whose kernel has cached nothing.`,
  isPlaced: false,
  parts: {
    mount: measureOnMount,
    brick: measureOnBrick,
    python: measureInPython,
    copy: measureCopies,
  },
};
