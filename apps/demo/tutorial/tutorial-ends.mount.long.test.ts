/** As tutorial-ends.mount.more.test.ts: at more moments, and over bricks of GlusterFS. */
import '../../../test/support/other-front-ends.ts';
import './tutorial-ends.mount.more.test.ts';
