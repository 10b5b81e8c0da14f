/** As tutorial.mount.more.test.ts: ended by each signal, over bricks of each kind. */
import '../../../test/support/other-front-ends.ts';
import './tutorial.mount.more.test.ts';
