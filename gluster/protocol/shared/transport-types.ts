/** Lists the values of transport-type: those of volfiles for versions before 3.0 have a side after a slash. */

const kinds = ['tcp', 'socket', 'unix'];

/** The values for one side of a connection. */
export const listTransportTypes = (side: 'client' | 'server'): string[] => [
  ...kinds,
  ...kinds.map((kind) => `${kind}/${side}`),
];

/** Whether the transport is a UNIX socket. */
export const isUnixTransport = (type: string): boolean => type.startsWith('unix');
