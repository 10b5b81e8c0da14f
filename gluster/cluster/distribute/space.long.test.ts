/** As space.more.test.ts: on bricks of the other kind. */
import '../../../test/support/other-front-ends.ts';
import './space.more.test.ts';
