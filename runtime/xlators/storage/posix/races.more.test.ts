/** As races.test.ts, for longer. */
import '../../../../test/support/every-front-end.ts';
import './races.test.ts';
