/** As names.more.test.ts: twenty thousand. */
import '../../../test/support/other-front-ends.ts';
import './names.more.test.ts';
