/** As locks.mount.test.ts: by the other front ends, on the other stacks. */
import '../support/other-front-ends.ts';
import './locks.mount.test.ts';
