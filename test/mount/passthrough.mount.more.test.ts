/** As passthrough.mount.test.ts: by the other front ends, on the other stacks. */
import '../support/other-front-ends.ts';
import './passthrough.mount.test.ts';
