/** What a service needs to know to call (AuthZEN §9). */
import type { Caisse } from '../../tenant/directory.ts';

export const WELL_KNOWN = '/.well-known/authzen-configuration';

/** Path under the issuer of each endpoint, by the name that the metadata give it. */
export const ENDPOINTS = {
  access_evaluation_endpoint: '/access/v1/evaluation',
  access_evaluations_endpoint: '/access/v1/evaluations',
  search_subject_endpoint: '/access/v1/search/subject',
  search_resource_endpoint: '/access/v1/search/resource',
  search_action_endpoint: '/access/v1/search/action',
} as const;

export const metadataOf = ({ issuer }: Caisse): Readonly<Record<string, string>> => ({
  policy_decision_point: issuer,
  ...Object.fromEntries(Object.entries(ENDPOINTS).map(([name, path]) => [name, issuer + path])),
});
