/** As playground-lessons.more.test.ts: in the other browser. */
import '../support/other-front-ends.ts';
import './playground-lessons.more.test.ts';
