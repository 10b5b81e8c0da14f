/** As event-loop.mount.more.test.ts: by the other front ends, on the other stacks. */
import '../support/other-front-ends.ts';
import './event-loop.mount.more.test.ts';
