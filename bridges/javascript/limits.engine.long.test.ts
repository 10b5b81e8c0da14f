/** As limits.engine.more.test.ts: by other loops. */
import '../../test/support/other-front-ends.ts';
import './limits.engine.more.test.ts';
