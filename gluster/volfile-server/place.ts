/** Servers of volfiles, as clients know them. */

/** Where a server is. */
export type Place = { readonly host: string; readonly port: number } | { readonly path: string };

/** `HOST:PORT`, or the path of a socket. */
export const placeName = (place: Place): string => {
  if ('path' in place) return place.path;
  const { host, port } = place;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
};
