/** The other ways in, offered under the sign-in form; each journey that opens one adds its line. */
import type { Link } from '../http/screens.ts';

export const waysIn = (_basePath: string): readonly Link[] => [];
