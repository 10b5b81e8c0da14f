/** As playground.more.test.ts: in the other browser. */
import '../support/other-front-ends.ts';
import './playground.more.test.ts';
