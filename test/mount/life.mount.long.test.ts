/** As life.mount.more.test.ts: by the other front ends, on the other stacks. */
import '../support/other-front-ends.ts';
import './life.mount.more.test.ts';
