/**
 * What one subscriber has: an IPv4 address, or the first 64 bits of an IPv6 one, since every customer of an access
 * provider gets at least as many addresses (RFC 6177) and may use another for each try.
 */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped) return mapped;
  const [bare = ''] = address.split('%');
  return bare.includes(':') ? `${groupsOf(bare).slice(0, 4).join(':')}::/64` : address;
}

/** The eight groups, without leading zeros (RFC 5952). */
function groupsOf(address: string): string[] {
  const [head = '', tail] = address.toLowerCase().split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail ? tail.split(':') : [];
  const zeros = Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0');
  return [...before, ...(tail === undefined ? [] : zeros), ...after].map((group) =>
    group.replace(/^0+(?=.)/, ''),
  );
}
