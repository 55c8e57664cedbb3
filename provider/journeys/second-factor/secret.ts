/** A sealed key opens for its account and no other. */
export const secretContext = (caisseId: string, accountId: string): string =>
  `second factor ${caisseId} ${accountId}`;
