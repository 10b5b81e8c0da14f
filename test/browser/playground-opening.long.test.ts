/** As playground-opening.more.test.ts: in the other browser. */
import '../support/other-front-ends.ts';
import './playground-opening.more.test.ts';
