/** As calls.mount.test.ts: through bricks. */
import '../support/on-bricks.ts';
import './calls.mount.test.ts';
