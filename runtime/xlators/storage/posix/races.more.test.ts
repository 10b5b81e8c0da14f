/** As races.test.ts, for longer. */
import './races.test.ts';
