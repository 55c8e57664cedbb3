import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { makeEnforcer } from '../../policies/enforcer.ts';
import { lintFunctions, PolicyError, proveClosed } from '../../policies/lint.ts';

const read = (file: string): string =>
  readFileSync(new URL(`../../policies/${file}`, import.meta.url), 'utf8');
const POLICY = read('policy.csv');
const MODEL = read('model.conf');

/** The real text with one thing changed; a change that finds nothing to change is a mistake of the test. */
function altered(text: string, from: string | RegExp, to: string): string {
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`nothing like ${from} to alter`);
  return changed;
}

async function refusal(texts: { policy?: string; model?: string }): Promise<string> {
  const outcome = await makeEnforcer(texts).then(
    () => 'accepted',
    (error: unknown) => error,
  );
  expect(outcome).toBeInstanceOf(Error);
  return (outcome as Error).message;
}

const policyWith = (from: string | RegExp, to: string) => ({ policy: altered(POLICY, from, to) });
const policyAnd = (line: string) => ({ policy: `${POLICY}${line}\n` });
const modelWith = (from: string | RegExp, to: string) => ({ model: altered(MODEL, from, to) });
const condition = (added: string) =>
  modelWith('sameSite(r.sub, r.obj) &&', `sameSite(r.sub, r.obj) && ${added} &&`);

describe('the boot', () => {
  it('takes the policy and the model of the house', async () => {
    await expect(makeEnforcer()).resolves.toBeDefined();
    await expect(makeEnforcer({ policy: POLICY, model: MODEL })).resolves.toBeDefined();
  });

  it('refuses with a PolicyError', async () => {
    await expect(makeEnforcer(policyAnd('q, delegate, planning'))).rejects.toBeInstanceOf(PolicyError);
  });
});

describe('a policy is refused when', () => {
  it('it is empty', async () => {
    expect(await refusal({ policy: '' })).toMatch(/policy/i);
    expect(await refusal({ policy: '# nothing\n' })).toMatch('no line of p');
  });

  it.each(['p', 'p2', 'g', 'g2', 'g3'])('it has no line of %s', async (ptype) => {
    expect(await refusal(policyWith(new RegExp(`^${ptype}, .*\n`, 'gm'), ''))).toMatch(`no line of ${ptype}`);
  });

  it.each(['p, delegate, planning', 'p, delegate', 'p2, administrator, user, view', 'g, administrator'])(
    'a line is too short: %s',
    async (line) => {
      expect(await refusal(policyAnd(line))).toMatch(/fields instead of/);
    },
  );

  it.each([
    'p, delegate, planning, read, consultation, allow',
    'p2, administrator, user, view, always, allow',
    'g, administrator, delegate, metz',
    'g3, mise_a_jour, consultation, etam',
  ])('a line is too long: %s', async (line) => {
    expect(await refusal(policyAnd(line))).toMatch(/fields instead of/);
  });

  it.each(['q, delegate, planning, read', 'p9, delegate, planning, read, consultation', 'g9, a, b', 'p'])(
    'a line is of an unknown kind, which Casbin drops in silence: %s',
    async (line) => {
      expect(await refusal(policyAnd(line))).toMatch('malformed or unknown line');
    },
  );

  it.each([
    'p, delegate, planning, read, consultation # for all',
    ' p, delegate, planning, read, consultation',
    'p, delegate, planning, read, consultation ',
    'p,delegate,planning,read,consultation',
    'p, delegate, planning, read, "consultation"',
    'p, delegate, , read, consultation',
    'p, *, planning, read, consultation',
    'p, delegate, planning, read, consultation\r',
  ])('a line has a comment behind it, or anything but names: %j', async (line) => {
    expect(await refusal(policyAnd(line))).toMatch('malformed or unknown line');
  });

  it('a line stands twice', async () => {
    expect(await refusal(policyAnd('g, administrator, delegate'))).toMatch('duplicated line');
  });

  it.each([
    'p, delegates, planning, read, consultation',
    'p, delegate, plannings, read, consultation',
    'p, delegate, planning, view, consultation',
    'p, delegate, planning, read, lecture',
    'p, administrator, planning, read, none',
    'p2, manager, user, view, always',
    'p2, administrator, enrolment, view, always',
    'p2, administrator, user, read, always',
    'p2, administrator, user, delete, sometimes',
    'g, superviseur, administrator',
  ])('a name is unknown: %s', async (line) => {
    expect(await refusal(policyAnd(line))).toMatch('unknown name');
  });

  it('a feature has no group', async () => {
    expect(await refusal(policyWith('g2, planning, mes_salaries\n', ''))).toMatch(
      'g2, planning, mes_salaries is missing',
    );
  });

  it('a feature or a group is unknown to the catalogue, or stands elsewhere', async () => {
    expect(await refusal(policyAnd('g2, messagerie, mes_documents'))).toMatch('unknown to the catalogue');
    expect(await refusal(policyAnd('g2, mes_echanges, catalogue'))).toMatch('unknown to the catalogue');
    expect(await refusal(policyAnd('g2, planning, mes_documents'))).toMatch('unknown to the catalogue');
  });

  it('the levels are in another order', async () => {
    expect(await refusal(policyAnd('g3, none, mise_a_jour'))).toMatch(/circular|unknown to the catalogue/);
    expect(await refusal(policyAnd('g3, mise_a_jour, none'))).toMatch('unknown to the catalogue');
    expect(await refusal(policyWith('g3, consultation, none\n', ''))).toMatch(
      'g3, consultation, none is missing',
    );
  });

  it('a hierarchy is deeper than Casbin follows, or circular', async () => {
    const deep = Array.from({ length: 12 }, (_, i) => `g, role_${i}, role_${i + 1}`).join('\n');
    expect(await refusal(policyAnd(deep))).toMatch('g is circular, or deeper');
    expect(await refusal(policyAnd('g, delegate, administrator'))).toMatch('g is circular, or deeper');
  });

  it('the least role includes another', async () => {
    const reversed = policyWith('g, administrator, delegate', 'g, delegate, administrator');
    expect(await refusal(reversed)).toMatch('delegate is the least role');
  });

  it('something confers rights without a look at the giver’s', async () => {
    expect(await refusal(policyAnd('p2, administrator, cabinet, modify, always'))).toMatch(
      'confers rights unchecked',
    );
    expect(await refusal(policyAnd('p2, cabinet_manager, staff, create, same_cabinet'))).toMatch(
      'confers rights unchecked',
    );
  });

  it('staff is managed without a look at the firm', async () => {
    expect(await refusal(policyAnd('p2, administrator, staff, view, always'))).toMatch('staff of any firm');
  });
});

describe('a model is refused when', () => {
  it('a matcher calls a function that is not registered, even one of Casbin’s own', async () => {
    expect(await refusal(condition('isActive(r.sub)'))).toMatch('m calls isActive, which is not registered');
    expect(await refusal(condition('regexMatch(r.act, p.act)'))).toMatch('m calls regexMatch');
    expect(await refusal(condition('eval(p.level)'))).toMatch('m calls eval');
  });

  it.each([
    'r.sub.tenant == r.obj.tenant',
    'r.act == p.act',
    'r.act != p.act',
    'r.obj.college in r.sub.colleges',
    'same(r.obj.college in p.feature, p.act)',
    '!same(r.act, p.act)',
    '(same(r.act, p.act) || same(r.act, p.act))',
    'same(r.act, p.act) || same(r.act, p.act)',
    'true',
    '1',
    'r.obj.hidden',
    'same("read", p.act)',
    'same(r.act, p.act) ? true : true',
  ])('a matcher does anything but call functions: %s', async (added) => {
    expect(await refusal(condition(added))).toMatch('may only call functions');
  });

  it.each([
    ['m', 'g(r.sub.role, p.role) && \\\n', ''],
    ['m', '    same(r.act, p.act) && \\\n', ''],
    ['m', '    g2(r.obj.feature, p.feature) && \\\n', ''],
    ['m', '    sameSite(r.sub, r.obj) && \\\n', ''],
    ['m', 'sameSite(r.sub, r.obj)', 'sameSite(r.sub, r.sub)'],
    ['m', 'heldLevel(r.sub, r.obj), p.level', 'p.level, p.level'],
    ['m', 'same(r.act, p.act)', 'same(p.act, p.act)'],
    ['m', 'r.obj.feature', 'r.obj.featur'],
    ['m2', 'same(r2.dlg.kind, p2.kind) && \\\n', ''],
    ['m2', 'sameSite(r2.sub, r2.dlg) && \\\n', ''],
    ['m2', 'r2.sub.role', 'r2.sub.rol'],
  ])('%s lacks a condition: %j becomes %j', async (key, from, to) => {
    expect(await refusal(modelWith(from, to))).toMatch(`policy refused: ${key} lacks`);
  });

  it('a comment behind a line cuts a condition away', async () => {
    const cut = modelWith(
      /sameSite\(r\.sub, r\.obj\) && \\\n\s+/,
      'same(r.act, p.act) # && sameSite(r.sub, r.obj)\n#',
    );
    expect(await refusal(cut)).toMatch('malformed line of the model');
    expect(await refusal(modelWith('g3 = _, _', 'g3 = _, _ ; levels'))).toMatch(
      'malformed line of the model',
    );
  });

  it('a definition stands twice, in a wrong section, or is unknown', async () => {
    expect(await refusal(modelWith('g3 = _, _', 'g3 = _, _\ng3 = _, _'))).toMatch('the model defines');
    expect(await refusal(modelWith('g3 = _, _', 'g3 = _, _\ng4 = _, _'))).toMatch('the model defines');
    expect(await refusal(modelWith('g3 = _, _', 'g3 = _, _\nr3 = sub'))).toMatch('the model defines');
    expect(await refusal(modelWith('g3 = _, _\n', ''))).toMatch('the model defines');
    const moved = altered(altered(MODEL, 'g3 = _, _\n', ''), '[matchers]\n', '[matchers]\ng3 = _, _\n');
    expect(await refusal({ model: moved })).toMatch('Casbin knows no g3');
  });

  it('the effect is not « allowed by some rule »', async () => {
    const effect = 'some(where (p.eft == allow))';
    expect(await refusal(modelWith(effect, '!some(where (p.eft == deny))'))).toMatch('e is not');
    expect(await refusal(modelWith(effect, 'priority(p.eft) || deny'))).toMatch('e is not');
    expect(await refusal(modelWith(effect, 'some(where (p2.eft == allow))'))).toMatch('e is not');
  });

  it('requests or rules have other columns', async () => {
    expect(await refusal(modelWith('r = sub, obj, act', 'r = sub, obj, action'))).toMatch('r is not');
    expect(
      await refusal(modelWith('p = role, feature, act, level', 'p = role, feature, act, level, eft')),
    ).toMatch('p is not');
    expect(await refusal(modelWith('g3 = _, _', 'g3 = _, _, _'))).toMatch(/g3/);
  });

  it('it is empty, or lacks a section', async () => {
    expect(await refusal({ model: '' })).toMatch(/missing/);
    expect(await refusal(modelWith('[matchers]', '[matcher]'))).toMatch(/missing/);
  });
});

describe('the functions of the matchers are refused when', () => {
  it('one answers a promise, which a synchronous decision takes for a yes', () => {
    expect(() => lintFunctions({ same: async () => false })).toThrow('function same is not synchronous');
    expect(() => lintFunctions({ same: undefined })).toThrow('same is not a function');
    expect(() => lintFunctions({ same: () => false })).not.toThrow();
  });
});

describe('the last proof before the start', () => {
  const closed = { mayUse: () => false, mayDelegate: () => false };

  it('passes when whoever holds nothing here is refused everything', () => {
    expect(() => proveClosed(closed)).not.toThrow();
  });

  it('fails when a stranger or an empty-handed person is let in', () => {
    expect(() => proveClosed({ ...closed, mayUse: (subject) => subject.siteId === 'a' })).toThrow(
      'anyone may read',
    );
    expect(() => proveClosed({ ...closed, mayUse: (subject) => subject.rights.administrator })).toThrow(
      'anyone may read',
    );
    expect(() => proveClosed({ ...closed, mayDelegate: () => true })).toThrow('anyone may view user');
  });
});
