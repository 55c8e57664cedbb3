/** What people wrote to the caisse by its contact form: one message waits to be dealt with, one is dealt with. */
import { randomUUID } from 'node:crypto';
import { makeShortName } from '../domain/access-request.ts';
import { formatPhone } from '../domain/phone.ts';
import type { Maker } from '../oidc/founding.ts';
import { insertMessage, markTransmitted, turnMessage } from '../store/contact-messages.ts';
import type { Handle } from '../store/handle.ts';
import { PEOPLE } from './people.ts';
import type { World } from './world.ts';

const HOUR = 3_600_000;

const WAITING = `Bonjour,

L’attestation de congés demandée la semaine dernière n’apparaît pas dans « Mes documents ».
Pouvez-vous vérifier, s’il vous plaît ?

Merci d’avance.`;

const HANDLED = `Bonjour,

Je reprends l’entreprise de mon père en janvier. Comment obtenir un accès à l’espace sécurisé ?`;

export async function writeMessages(
  store: Handle,
  { accounts, companies }: World,
  make: Maker,
): Promise<void> {
  const account = accounts.find(({ email }) => email === PEOPLE.administrateur.email);
  const agent = accounts.find(({ email }) => email === PEOPLE.agent.email);
  const site = companies[0]?.sites[0];
  if (!account || !agent || !site) return;
  const { raisonSociale, identifiant } = site.adherent;
  await write(store, make, {
    accountId: account.id,
    siteId: site.id,
    about: 'Attestation de congés absente de mes documents',
    message: WAITING,
    writer: {
      givenName: account.givenName,
      familyName: account.familyName,
      email: account.email,
      phones: account.mobile === null ? [] : [formatPhone(account.mobile)],
      raisonSociale,
      identifiant,
      siret: site.siret,
    },
    now: make.now - 20 * HOUR,
  });
  const handled = await write(store, make, {
    accountId: null,
    siteId: null,
    about: 'Reprise d’une entreprise',
    message: HANDLED,
    writer: {
      givenName: 'Sacha',
      familyName: 'Modèle',
      email: 'sacha.modele@demo.test',
      phones: [],
      raisonSociale: '',
      identifiant: '',
      siret: '',
    },
    now: make.now - 70 * HOUR,
  });
  await turnMessage(store, handled, { by: agent.id, now: make.now - 46 * HOUR });
}

type Written = Omit<Parameters<typeof insertMessage>[1], 'id' | 'number' | 'token'>;

async function write(store: Handle, { random, sealer }: Maker, message: Written): Promise<string> {
  const id = randomUUID();
  const token = random(32).toString('base64url');
  await insertMessage(store, { ...message, id, token, number: makeShortName(random) }, sealer);
  await markTransmitted(store, id, message.now + 1_000);
  return id;
}
