/** A moment in milliseconds since the Unix epoch (UTC). Always a parameter: domain code never asks the clock. */
export type Instant = number;
