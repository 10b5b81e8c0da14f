/** Kills of the disk example's server, bricks and client, many rounds each; takes a quarter of an hour. */
import { defineKillTests } from '../../test/support/disk-kills.ts';

defineKillTests({ server: 200, brick: 50, client: 50 });
