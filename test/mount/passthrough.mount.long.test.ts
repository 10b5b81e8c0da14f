/** As passthrough.mount.more.test.ts: by the other front ends, on the other stacks. */
import '../support/other-front-ends.ts';
import './passthrough.mount.more.test.ts';
