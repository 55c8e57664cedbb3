import type { Config } from '../config.ts';

/** Origins, without a slash at the end. */
export type DemoAddresses = {
  readonly provider: string;
  readonly portal: string;
  readonly api: string;
};

export function demoAddresses(
  config: Pick<Config, 'publicOrigin' | 'portalPort' | 'apiPort'>,
): DemoAddresses {
  const { hostname } = new URL(config.publicOrigin);
  return {
    provider: config.publicOrigin,
    portal: `http://${hostname}:${config.portalPort}`,
    api: `http://${hostname}:${config.apiPort}`,
  };
}

export const issuerAt = (addresses: DemoAddresses, caisseId: string): string =>
  `${addresses.provider}/${caisseId}`;
