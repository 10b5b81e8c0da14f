/** As harm.engine.more.test.ts: what is much the same as another there. */
import '../../test/support/other-front-ends.ts';
import './harm.engine.more.test.ts';
