/** As limits.engine.test.ts: by other loops. */
import '../../test/support/other-front-ends.ts';
import './limits.engine.test.ts';
