/** As open-files.mount.test.ts: through bricks. */
import '../support/on-bricks.ts';
import './open-files.mount.test.ts';
