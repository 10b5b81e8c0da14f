/** As moving.more.test.ts: on two bricks of a kind. */
import '../../../test/support/other-front-ends.ts';
import './moving.more.test.ts';
