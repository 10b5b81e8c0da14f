/** As leaks.engine.more.test.ts: the other kinds of requests. */
import '../../support/other-front-ends.ts';
import './leaks.engine.more.test.ts';
