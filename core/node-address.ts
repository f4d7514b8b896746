/** Host and port of an address that was checked before; the host of an IPv6 address comes without its brackets, and may have been written without them. */
export function splitAddress(address: string): { readonly host: string; readonly port: number } {
  const [, host, port] = /^\[?(.+?)\]?:(\d+)$/.exec(address)!;
  return { host: host!, port: Number(port) };
}

/** host:port, an IPv6 address in brackets. */
export function joinAddress(host: string, port: number | string): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
