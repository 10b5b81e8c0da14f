/**
 * Lists the events of `notify`, with GlusterFS's names, numbers and default directions: down to every child, or up to
 * every parent whose init succeeded. GlusterFS's `default_notify` sends all other events up. Number 8 is unused.
 *
 * Source: GlusterFS `glusterfs_event_t`, `libglusterfs/src/defaults-tmpl.c`.
 */

/** The way that an event travels by default. */
export type Direction = 'down' | 'up';

/** Both make the row of an event that travels in this direction by default. */
const down = (number: number) => ({ number, direction: 'down' as Direction });
const up = (number: number) => ({ number, direction: 'up' as Direction });

/** The events by name. */
export const events = {
  PARENT_UP: down(1),
  POLLIN: up(2),
  POLLOUT: up(3),
  POLLERR: up(4),
  CHILD_UP: up(5),
  CHILD_DOWN: up(6),
  CHILD_CONNECTING: up(7),
  CLEANUP: down(9),
  TRANSPORT_CONNECTED: up(10),
  VOLFILE_MODIFIED: up(11),
  GRAPH_NEW: up(12),
  TRANSLATOR_INFO: up(13),
  TRANSLATOR_OP: up(14),
  AUTH_FAILED: up(15),
  VOLUME_DEFRAG: up(16),
  PARENT_DOWN: down(17),
  VOLUME_BARRIER_OP: up(18),
  UPCALL: up(19),
  SCRUB_STATUS: up(20),
  SOME_DESCENDENT_DOWN: up(21),
  SCRUB_ONDEMAND: up(22),
  SOME_DESCENDENT_UP: up(23),
  CHILD_PING: up(24),
  SIGHUP: down(25),
} as const;

export type EventName = keyof typeof events;
