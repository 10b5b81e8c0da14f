/** As lessons.engine.more.test.ts: the other half of the mistakes. */
import '../support/other-front-ends.ts';
import './lessons.engine.more.test.ts';
