/** As playground-kept.more.test.ts: in the other browser. */
import '../support/other-front-ends.ts';
import './playground-kept.more.test.ts';
