/** Rights conferred by whoever does not hold them, or on what is not his: by the very request that another may send. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { hiddenOn, signedInOn } from '../support/closing.ts';
import {
  ACTS,
  type Asked,
  CONFERRING,
  everythingHeld,
  type Family,
  familyOf,
  requestFor,
  TAKING,
} from '../support/family.ts';
import { dayOf, everyCollege } from '../support/giving.ts';
import { inviteTo } from '../support/invitations.ts';
import { sendFile } from '../support/upload.ts';
import type { Page, Visitor } from '../support/visitor.ts';
import { emailOf, rightsOn } from '../support/world.ts';

let app: TestApp;
let issuer: string;
beforeAll(async () => {
  app = await startApp();
  issuer = app.issuerOf('grand-est');
});
afterAll(() => app.close());

const DAY = 86_400_000;
const date = (ms: number) => new Date(app.clock.now() + ms).toISOString();
const at = (accountId: string): Promise<Visitor> => signedInOn(issuer, emailOf(accountId));
const send = (visitor: Visitor, { path, fields }: Asked): Promise<Page> =>
  visitor.postOnce(issuer + path, fields);

/** Sent as it is, the request writes nothing and says no. */
async function expectRefused(visitor: Visitor, asked: Asked, statuses: readonly number[] = [403, 404]) {
  const before = await everythingHeld(app);
  const { status } = await send(visitor, asked);
  expect(await everythingHeld(app), asked.path).toBe(before);
  expect(statuses, `${asked.path}: ${status}`).toContain(status);
}

test.each(ACTS)('%s is done by whoever gave it, and by whoever stands above him', async (act) => {
  for (const who of ['deputy', 'head'] as const) {
    const family = await familyOf(app);
    // A gift is the giver's own.
    const asked = await requestFor(app, family, { act });
    const before = await everythingHeld(app);
    expect((await send(await at(family[who]), asked)).status).toBe(303);
    expect(await everythingHeld(app)).not.toBe(before);
  }
});

/** Ways to lose what one has given, by whatever link above. */
const LOST: Readonly<Record<string, (family: Family) => Promise<void>>> = {
  'was put on standby': ({ world, middle }) => world.change('delegation', middle, { status: 'suspended' }),
  'was closed': ({ world, middle }) => world.close(middle),
  'has come to an end': ({ world, middle }) => world.change('delegation', middle, { ends_at: date(-1000) }),
  'has not begun': ({ world, middle }) => world.change('delegation', middle, { effective_at: date(DAY) }),
  'lost its own giver': ({ world, upper }) => world.close(upper),
  'says other things': async ({ world, middle }) => {
    const { levels, colleges } = rightsOn({ telepaiements: 'mise_a_jour' });
    await world.change('delegation', middle, { admin: false as never, levels: `${levels}`, colleges });
  },
};

describe.each(Object.keys(LOST))('a giver whose delegation %s', (lost) => {
  const losing = async () => {
    const family = await familyOf(app);
    await LOST[lost]?.(family);
    return family;
  };

  test('does nothing any more, by whatever request', async () => {
    const family = await losing();
    const visitor = await at(family.deputy);
    for (const act of ACTS) await expectRefused(visitor, await requestFor(app, family, { act }));
  });

  test('confers nothing by the hand of whoever stands above, who may still take all of it away', async () => {
    const family = await losing();
    const visitor = await at(family.head);
    for (const act of CONFERRING) {
      if (act === 'ajouter') continue;
      const asked = await requestFor(app, family, { act });
      // « Modifier » may still put less in its place where the giver holds something.
      const fields = act === 'modifier' ? { ...asked.fields, droit_planning: 'mise_a_jour' } : asked.fields;
      await expectRefused(visitor, { ...asked, fields }, act === 'modifier' ? [403, 422] : [403, 404]);
    }
    for (const act of TAKING.filter((one) => one !== 'cloturer')) {
      const asked = await requestFor(app, family, { act });
      expect((await send(visitor, asked)).status, act).toBe(303);
    }
  });

  test('confers nothing by whoever accepts', async () => {
    const family = await losing();
    const { waiting, world } = family;
    const accountId = await world.account({ email: waiting.email });
    const visitor = await signedInOn(issuer, waiting.email);
    const page = await visitor.get(`${issuer}/invitation/reponse/${waiting.invitationId}`);
    const vu = /name="vu" value="([^"]*)"/.exec(page.text)?.[1] ?? '';
    const before = await everythingHeld(app);
    const answer = await visitor.postOnce(`${issuer}/invitation/reponse/${waiting.invitationId}`, { vu });
    expect([answer.status, accountId]).toEqual([409, accountId]);
    expect(await everythingHeld(app)).toBe(before);
  });
});

describe('a giver who reaches all that he gave, and may give no more', () => {
  test.each([true, false])(
    'confers nothing by whoever accepts (confirmed: %s)',
    async (needsConfirmation) => {
      const { world, middle, deputy, site } = await familyOf(app);
      const guest = await world.account();
      const on = [{ site, parentId: middle }];
      const email = emailOf(guest);
      const inviting = { inviterId: deputy, on, email, needsConfirmation };
      const { invitationId } = await inviteTo(app, world, inviting);
      const path = `/invitation/reponse/${invitationId}`;
      const visitor = await signedInOn(issuer, email);
      const page = await visitor.get(issuer + path);
      await world.change('delegation', middle, { admin: false as never });
      await expectRefused(visitor, { path, fields: { vu: hiddenOn(page, 'vu') } }, [409]);
    },
  );
});

describe('nobody acts on what is not below him', () => {
  test.each(['active', 'guest', 'manager', 'staff'] as const)('%s', async (who) => {
    const family = await familyOf(app);
    const visitor = await at(family[who]);
    for (const act of ACTS) await expectRefused(visitor, await requestFor(app, family, { act }));
  });

  test('another administrator of the same site', async () => {
    const family = await familyOf(app);
    const { world, site, root, head } = family;
    const beside = await world.account();
    await world.delegate(site, root, { from: head, to: beside }, { admin: true });
    const visitor = await at(beside);
    for (const act of ACTS.filter((one) => one !== 'ajouter'))
      await expectRefused(visitor, await requestFor(app, family, { act }));
  });

  test.each(['another company', 'another caisse'])(
    'the head of %s, at his own address or theirs',
    async (whose) => {
      const own = await familyOf(app);
      const other = await familyOf(app, whose === 'another caisse' ? { slug: 'nord-ouest' } : {});
      const visitor = await at(own.head);
      for (const act of ACTS) {
        await expectRefused(visitor, await requestFor(app, other, { act }));
        if (act !== 'ajouter')
          await expectRefused(visitor, await requestFor(app, other, { act, at: own.site }));
      }
    },
  );

  test('nobody at all', async () => {
    const family = await familyOf(app);
    const { Visitor: Stranger } = await import('../support/visitor.ts');
    for (const act of ACTS)
      await expectRefused(new Stranger(), await requestFor(app, family, { act }), [303]);
  });
});

/** Forms of one's own, with somebody else's names in their hidden fields. */
describe('a hidden field that names something of another', () => {
  const two = async () => {
    const [own, other] = [await familyOf(app), await familyOf(app)];
    const abroad = await familyOf(app, { slug: 'nord-ouest' });
    return { own, other, abroad, visitor: await at(own.head) };
  };
  const dates = () => ({ date_effet: dayOf(app.clock.now()), date_fin: '' });
  const rights = { ...everyCollege, droit_documents: 'consultation' };

  test.each(['other', 'abroad'] as const)(
    'adds no site of theirs to a gift, to a colleague or to the firm (%s)',
    async (whose) => {
      const { own, visitor, ...scene } = await two();
      const { site } = scene[whose];
      const base = `/droits-d-acces/${own.site.siret}`;
      const fields = { ...dates(), ...rights, email: 'dominique@essai.test', [`site_${site.siret}`]: 'oui' };
      const mine = { [`site_${own.site.siret}`]: 'oui' };
      // With one site the form asks none: what it does not ask it does not read.
      const beside = await own.world.sites([{ name: 'Dépôt', adherent: own.site.adherent }]);
      await own.world.enrolOnAll(own.head, beside);
      for (const path of [`${base}/ajouter`, `${base}/cabinet/${own.cabinetId}/deleguer`])
        for (const more of [{}, mine])
          await expectRefused(visitor, { path, fields: { ...fields, ...more } }, [404, 422]);
    },
  );

  test.each(['other', 'abroad'] as const)(
    'gives nothing to a firm that is not one’s own (%s)',
    async (whose) => {
      const { own, visitor, ...scene } = await two();
      const path = `/droits-d-acces/${own.site.siret}/cabinet/${scene[whose].cabinetId}/deleguer`;
      const fields = {
        ...dates(),
        ...rights,
        email: 'dominique@essai.test',
        [`site_${own.site.siret}`]: 'oui',
      };
      await expectRefused(visitor, { path, fields });
    },
  );

  test.each(['other', 'abroad'] as const)(
    'modifies none of their delegations beside one’s own (%s)',
    async (whose) => {
      const { own, visitor, ...scene } = await two();
      const asked = await requestFor(app, own, { act: 'modifier' });
      const { id, vu } = {
        id: scene[whose].rows.active,
        vu: (await requestFor(app, scene[whose], { act: 'cloturer' })).fields.vu ?? '',
      };
      const before = await scene[whose].world.store.sql('delegation').where({ id }).first();
      const fields = { ...asked.fields, autres_sites: 'oui', [`vu_${id}`]: vu };
      expect((await send(visitor, { ...asked, fields })).status).toBe(303);
      expect(await scene[whose].world.store.sql('delegation').where({ id }).first()).toEqual(before);
    },
  );

  test.each(['other', 'abroad'] as const)(
    'hands over no site of theirs, and takes none of their offers back (%s)',
    async (whose) => {
      const { own, visitor, ...scene } = await two();
      const base = `/droits-d-acces/${own.site.siret}/ceder`;
      const { site, head, world } = scene[whose];
      await expectRefused(visitor, {
        path: `/droits-d-acces/${site.siret}/ceder/proposer`,
        fields: { email: 'x@essai.test', [`site_${site.siret}`]: 'oui' },
      });
      const theirs = await signedInOn(
        app.issuerOf(whose === 'abroad' ? 'nord-ouest' : 'grand-est'),
        emailOf(head),
      );
      const home = app.issuerOf(whose === 'abroad' ? 'nord-ouest' : 'grand-est');
      await theirs.postOnce(`${home}/droits-d-acces/${site.siret}/ceder/proposer`, {
        email: 'successeur@essai.test',
        [`site_${site.siret}`]: 'oui',
      });
      const offer = await world.store
        .sql('invitation')
        .where({ kind: 'succession', inviter_account_id: head })
        .first();
      expect(offer).toBeDefined();
      await expectRefused(visitor, { path: `${base}/retirer`, fields: { invitation: offer.id } });
    },
  );
});

describe('a firm’s manager', () => {
  const two = async () => {
    const [own, other] = [await familyOf(app), await familyOf(app)];
    const abroad = await familyOf(app, { slug: 'nord-ouest' });
    return { own, other, abroad, visitor: await at(own.manager) };
  };
  const seen = async ({ world, toStaff }: Family) =>
    String(
      new Date((await world.store.sql('delegation').where({ id: toStaff }).first()).changed_at).getTime(),
    );

  test.each(['other', 'abroad'] as const)(
    'acts on no person, client or delegation of another firm (%s)',
    async (whose) => {
      const { own, visitor, ...scene } = await two();
      const theirs = scene[whose];
      const vu = await seen(theirs);
      const [mine, his] = [
        `/mon-cabinet/clients/${own.site.siret}`,
        `/mon-cabinet/clients/${theirs.site.siret}`,
      ];
      const asked: Asked[] = ['cloturer', 'mettre-en-veille', 'reactiver'].flatMap((act) => [
        { path: `${mine}/delegations/${theirs.toStaff}/${act}`, fields: { vu } },
        { path: `${his}/delegations/${theirs.toStaff}/${act}`, fields: { vu } },
        // Its own client's people are none of the firm's.
        { path: `${mine}/delegations/${own.rows.active}/${act}`, fields: { vu } },
      ]);
      const staff = '/mon-cabinet/collaborateurs';
      asked.push({ path: `${staff}/${theirs.staff}/retirer`, fields: { motif: 'departure' } });
      asked.push({ path: `${staff}/invitations/${theirs.waiting.invitationId}/retirer`, fields: {} });
      asked.push({ path: `${staff}/invitations/${theirs.waiting.invitationId}/renvoyer`, fields: {} });
      asked.push({
        path: `/mon-cabinet/confier?cabinet=${theirs.cabinetId}`,
        fields: { membre: theirs.membershipId },
      });
      for (const one of asked) await expectRefused(visitor, one);
      const dates = { date_effet: dayOf(app.clock.now()), date_fin: '' };
      await expectRefused(
        visitor,
        { path: '/mon-cabinet/confier', fields: { membre: theirs.membershipId, ...dates } },
        [422],
      );
    },
  );

  test('entrusts nothing by a file that names another firm’s client or person, a manager, himself, or more than the firm holds', async () => {
    const { own, other, abroad, visitor } = await two();
    const { FEATURES } = await import('../../policies/catalogue.ts');
    const header = ['e-mail', 'SIRET', 'collèges', ...FEATURES.map(({ label }) => label)].join(';');
    const line = (email: string, siret: string, documents = 'consultation') =>
      [
        email,
        siret,
        'tous',
        ...FEATURES.map(({ slug }) =>
          slug === 'documents' ? documents : slug === 'planning' && documents === 'trop' ? 'mise à jour' : '',
        ),
      ]
        .join(';')
        .replace('trop', 'consultation');
    const good = line(emailOf(own.staff), own.site.siret);
    const bad = [
      line(emailOf(own.staff), other.site.siret),
      line(emailOf(own.staff), abroad.site.siret),
      line(emailOf(other.staff), own.site.siret),
      line(emailOf(abroad.staff), own.site.siret),
      line(emailOf(own.manager), own.site.siret),
      line(emailOf(own.head), own.site.siret),
      line(emailOf(own.staff), own.site.siret, 'trop'),
    ];
    for (const wrong of bad) {
      const before = await everythingHeld(app);
      const file = wrong.startsWith(`${emailOf(own.staff)};${own.site.siret}`) ? [wrong] : [good, wrong];
      const review = await sendFile(visitor, `${issuer}/mon-cabinet/import`, [header, ...file].join('\r\n'));
      expect(review.text, wrong).not.toContain('name="vu"');
      expect((await visitor.postOnce(review.url, { vu: 'x' })).status).toBe(409);
      expect(await everythingHeld(app)).toBe(before);
    }
    const review = await sendFile(visitor, `${issuer}/mon-cabinet/import`, `${header}\r\n${good}`);
    expect(review.text).toContain('name="vu"');
  });
});
