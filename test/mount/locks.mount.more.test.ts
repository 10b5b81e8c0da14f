/** As locks.mount.test.ts: through bricks. */
import '../support/on-bricks.ts';
import './locks.mount.test.ts';
