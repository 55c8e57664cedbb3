/** The form of a service: from what is registered, or was typed, to its fields. */
import type { FormField, FormGroup } from '../../http/screens-office-form.ts';

export type Metadata = Readonly<Record<string, unknown>>;

export type TypedService = {
  readonly clientId: string;
  readonly metadata: Metadata;
  readonly thirdParty: boolean;
  readonly defaultService: boolean;
};

/** Whether the service has a secret of ours. */
export const isConfidential = (metadata: Metadata): boolean =>
  ['client_secret_basic', 'client_secret_post'].includes(String(metadata.token_endpoint_auth_method));

export const GRANTS = [
  { id: 'mode_connexion', grant: 'authorization_code', label: 'Connecter des personnes' },
  {
    id: 'mode_rafraichissement',
    grant: 'refresh_token',
    label: 'Rester connecté (jetons de rafraîchissement)',
  },
  {
    id: 'mode_machine',
    grant: 'client_credentials',
    label: 'Appeler les API de la caisse en son propre nom',
  },
] as const;

export const METHODS = [
  { value: 'client_secret_basic', label: 'Un secret, dans l’en-tête (client_secret_basic)' },
  { value: 'client_secret_post', label: 'Un secret, dans le corps (client_secret_post)' },
  { value: 'private_key_jwt', label: 'Une clé privée (private_key_jwt)' },
  { value: 'none', label: 'Rien\u00a0: application publique, protégée par PKCE' },
];

export const SIGNATURES = ['ES256', 'RS256'].map((value) => ({ value, label: value }));

const list = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

type Typed = (id: string) => string;

/** `typed`: shown instead of what is registered, after a refusal. */
export function serviceFields(
  service: TypedService | null,
  scopes: readonly string[],
  typed: Typed | null,
): FormGroup[] {
  const drawn = drawnBy(typed);
  return [
    { title: null, fields: aboutFields(service, drawn) },
    { title: 'Adresses', fields: addressFields(service?.metadata ?? {}, drawn) },
    {
      title: 'Sécurité',
      fields: [
        ...proofFields(service?.metadata ?? { token_endpoint_auth_method: 'client_secret_basic' }, drawn),
        ...placeFields(service, scopes, drawn),
      ],
    },
  ];
}

type Drawn = ReturnType<typeof drawnBy>;

function drawnBy(typed: Typed | null) {
  const value = (id: string, registered: string) => (typed ? typed(id) : registered);
  return {
    value,
    checked: (id: string, registered: boolean) => (typed ? typed(id) === 'oui' : registered),
    addresses: (id: string, label: string, registered: unknown, hint?: string) =>
      ({
        kind: 'area',
        id,
        label,
        hint,
        rows: 3,
        optional: true,
        value: value(id, list(registered).join('\n')),
      }) as const,
    address: (id: string, label: string, registered: unknown, hint?: string) =>
      ({
        kind: 'text',
        type: 'text',
        id,
        label,
        hint,
        optional: true,
        value: value(id, text(registered)),
      }) as const,
  };
}

function aboutFields(service: TypedService | null, { value, checked }: Drawn): FormField[] {
  const granted = service ? list(service.metadata.grant_types) : ['authorization_code', 'refresh_token'];
  const identifiant: FormField = {
    kind: 'text',
    type: 'text',
    id: 'identifiant',
    label: 'Identifiant',
    hint: 'Minuscules, chiffres et tirets\u00a0; il ne changera plus.',
    value: value('identifiant', ''),
  };
  return [
    ...(service === null ? [identifiant] : []),
    {
      kind: 'text',
      type: 'text',
      id: 'nom',
      label: 'Nom',
      hint: 'Montré à la personne pendant la connexion.',
      value: value('nom', text(service?.metadata.client_name)),
    },
    {
      kind: 'boxes',
      id: 'modes',
      label: 'Ce qu’il fait',
      boxes: GRANTS.map(({ id, grant, label }) => ({
        id,
        label,
        checked: checked(id, granted.includes(grant)),
      })),
    },
  ];
}

const addressFields = (metadata: Metadata, { address, addresses }: Drawn): FormField[] => [
  addresses(
    'adresses_retour',
    'Adresses de retour',
    metadata.redirect_uris,
    'Une par ligne, au moins une s’il connecte des personnes\u00a0; en https (http pour localhost seul). Elles sont comparées caractère par caractère.',
  ),
  addresses(
    'adresses_sortie',
    'Adresses après la déconnexion',
    metadata.post_logout_redirect_uris,
    'Une par ligne.',
  ),
  address(
    'adresse_depart',
    'Adresse qui lance une connexion',
    metadata.initiate_login_uri,
    'Nécessaire au service par défaut.',
  ),
  address(
    'adresse_deconnexion',
    'Adresse de déconnexion distante',
    metadata.backchannel_logout_uri,
    'Appelée par la caisse quand une session se termine (back-channel logout).',
  ),
  addresses(
    'api',
    'API appelées',
    metadata.resources,
    'Une par ligne\u00a0: celles pour lesquelles il peut demander un jeton.',
  ),
];

const proofFields = (metadata: Metadata, { value, address }: Drawn): FormField[] => [
  {
    kind: 'choice',
    id: 'authentification',
    label: 'Comment il prouve qui il est',
    choices: METHODS,
    value: value('authentification', text(metadata.token_endpoint_auth_method)),
  },
  address(
    'adresse_cles',
    'Adresse de ses clés publiques (jwks_uri)',
    metadata.jwks_uri,
    'Pour une clé privée\u00a0: cette adresse, ou les clés elles-mêmes.',
  ),
  {
    kind: 'area',
    id: 'cles',
    label: 'Ses clés publiques (JWKS)',
    rows: 4,
    optional: true,
    value: value('cles', metadata.jwks === undefined ? '' : JSON.stringify(metadata.jwks, null, 2)),
  },
  {
    kind: 'choice',
    id: 'signature',
    label: 'Signature des jetons d’identité',
    choices: SIGNATURES,
    value: value('signature', text(metadata.id_token_signed_response_alg) || 'ES256'),
  },
];

function placeFields(
  service: TypedService | null,
  scopes: readonly string[],
  { checked }: Drawn,
): FormField[] {
  const held = service ? text(service.metadata.scope).split(' ') : ['openid', 'profile', 'email'];
  return [
    {
      kind: 'boxes',
      id: 'portees',
      label: 'Portées qu’il peut demander',
      boxes: scopes.map((scope) => ({
        id: `portee_${scope}`,
        label: scope,
        checked: checked(`portee_${scope}`, held.includes(scope)),
      })),
    },
    {
      kind: 'boxes',
      id: 'qualites',
      label: 'Sa place à la caisse',
      boxes: [
        {
          id: 'tiers',
          label: 'Service d’un tiers',
          hint: 'La personne donne son accord au premier passage.',
          checked: checked('tiers', service?.thirdParty ?? false),
        },
        {
          id: 'par_defaut',
          label: 'Service par défaut',
          hint: 'Où mènent une activation, une réinitialisation ou une page périmée. Il n’y en a qu’un\u00a0: il remplace l’ancien.',
          checked: checked('par_defaut', service?.defaultService ?? false),
        },
      ],
    },
  ];
}
