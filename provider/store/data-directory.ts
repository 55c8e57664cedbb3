import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * `.data/` of a checkout, made when missing. What is secret in it has mode 0600 of its own: as root the directory
 * must let PostgreSQL's unprivileged user pass on to its cluster, but never list it.
 */
export function dataDirectory(root: string): string {
  const directory = join(root, '.data');
  mkdirSync(directory, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  return directory;
}
