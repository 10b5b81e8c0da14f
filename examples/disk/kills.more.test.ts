/** Kills of the disk example's server, bricks and client, a few rounds each. */
import { defineKillTests } from '../../test/support/disk-kills.ts';

defineKillTests({ server: 2, brick: 1, client: 1 });
