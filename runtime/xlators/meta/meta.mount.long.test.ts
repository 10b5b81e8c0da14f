/** As meta.mount.more.test.ts: by the other front ends, on the other stacks. */
import '../../../test/support/other-front-ends.ts';
import './meta.mount.more.test.ts';
