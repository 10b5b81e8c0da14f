/** As exchange.mount.test.ts: a hundred times, and for an ordinary user, too. */
import '../support/every-front-end.ts';
import './exchange.mount.test.ts';
