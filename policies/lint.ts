/**
 * Refuses at boot every policy or model that Casbin takes in silence and then reads more widely than it was meant:
 * an empty policy, a line too short, an unknown name, a function that is not registered, a loose comparison …
 * Owns those checks and no rule of its own; what it reads is both the text and what Casbin made of it.
 */
import type { Assertion } from 'casbin';
import { EVERYTHING, LEVELS, NO_RIGHTS } from '../provider/domain/rights.ts';
import { FEATURES, GROUPS } from './catalogue.ts';
import type { Enforcer } from './enforcer.ts';
import { CONDITIONS, DELEGATION_ACTIONS, DELEGATION_KINDS, FEATURE_ACTIONS, ROLES } from './requests.ts';

/** The server must not start on this policy. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
}

/** What Casbin loaded: section → definition → its text and its lines. */
export type LoadedModel = ReadonlyMap<string, ReadonlyMap<string, Assertion>>;

const CATALOGUE = 'catalogue';
/** Casbin follows ten links at most and then answers no, or yes under a negation. */
const DEEPEST_HIERARCHY = 10;

const DEFINITIONS: Readonly<Record<string, string>> = {
  r: 'sub, obj, act',
  r2: 'sub, dlg, act',
  p: 'role, feature, act, level',
  p2: 'role, kind, act, condition',
  g: '_, _',
  g2: '_, _',
  g3: '_, _',
  e: 'some(where (p_eft == allow))',
};

const CONDITIONS_OF_MATCHER: Readonly<Record<string, readonly string[]>> = {
  m: [
    'g(r_sub.role,p_role)',
    'same(r_act,p_act)',
    'g2(r_obj.feature,p_feature)',
    'sameSite(r_sub,r_obj)',
    'g3(heldLevel(r_sub,r_obj),p_level)',
  ],
  m2: [
    'g(r2_sub.role,p2_role)',
    'same(r2_act,p2_act)',
    'same(r2_dlg.kind,p2_kind)',
    'sameSite(r2_sub,r2_dlg)',
    'fulfils(r2_sub,r2_dlg,p2_condition)',
  ],
};

const COLUMNS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  p: [
    ROLES,
    [CATALOGUE, ...GROUPS.map(({ slug }) => slug), ...FEATURES.map(({ slug }) => slug)],
    FEATURE_ACTIONS,
    LEVELS.filter((level) => level !== 'none'),
  ],
  p2: [ROLES, DELEGATION_KINDS, DELEGATION_ACTIONS, CONDITIONS],
  g: [ROLES, ROLES],
};

/** The hierarchies that the policy spells out for its readers and that the code fixes. */
const HIERARCHIES: Readonly<Record<string, readonly string[]>> = {
  g2: [
    ...FEATURES.map(({ slug, group }) => `${slug}, ${group}`),
    ...GROUPS.map(({ slug }) => `${slug}, ${CATALOGUE}`),
  ],
  g3: LEVELS.slice(1).map((level, i) => `${level}, ${LEVELS[i]}`),
};

const CONFERRING: readonly string[] = ['create', 'modify', 'confirm'];

// Once Casbin has read a matcher: r_sub, r2_dlg.kind, p_role …, calls of them, calls of such calls.
const PATH = String.raw`[rp]2?_[a-z]+(?:\.[a-zA-Z]+)?`;
const list = (item: string): string => `${item}(?:,${item})*`;
const CALL = String.raw`\w+\(${list(PATH)}\)`;
const CONDITION = new RegExp(String.raw`^\w+\(${list(`(?:${CALL}|${PATH})`)}\)$`);

function refuse(reason: string): never {
  throw new PolicyError(`policy refused: ${reason}`);
}

/** An asynchronous function answers a promise, which a synchronous decision takes for a yes. */
export function lintFunctions(functions: Readonly<Record<string, unknown>>): void {
  for (const [name, decide] of Object.entries(functions)) {
    if (typeof decide !== 'function') refuse(`${name} is not a function`);
    if (decide.constructor.name !== 'Function') refuse(`function ${name} is not synchronous`);
  }
}

export function lintModel(text: string, loaded: LoadedModel, functions: readonly string[]): void {
  const expected = [...Object.keys(DEFINITIONS), ...Object.keys(CONDITIONS_OF_MATCHER)].sort().join(' ');
  const written = definitionsOf(text).sort().join(' ');
  if (written !== expected) refuse(`the model defines ${written} instead of ${expected}`);
  for (const [key, value] of Object.entries(DEFINITIONS)) {
    if (assertionOf(loaded, key).value !== value) refuse(`${key} is not « ${value} »`);
  }
  for (const key of Object.keys(CONDITIONS_OF_MATCHER))
    lintMatcher(key, assertionOf(loaded, key).value, functions);
}

/** Casbin cuts a line at its first # or ;, drops sections that it does not know, and keeps the last of two namesakes. */
function definitionsOf(text: string): string[] {
  const lines = text
    .split('\n')
    .filter((line) => !/^\s*([#;]|$)/.test(line))
    .join('\n')
    .replace(/\\\n\s*/g, '')
    .split('\n');
  return lines
    .filter((line) => !/^\[[a-z_]+\]$/.test(line))
    .map((line) => /^(\w+) = [^#;]+$/.exec(line)?.[1] ?? refuse(`malformed line of the model: ${line}`));
}

function lintMatcher(key: string, matcher: string, functions: readonly string[]): void {
  const known = new Set([...functions, 'g', 'g2', 'g3']);
  for (const [, name = ''] of matcher.matchAll(/(\w+)\s*\(/g)) {
    if (!known.has(name)) refuse(`${key} calls ${name}, which is not registered`);
  }
  const conditions = matcher.split('&&').map((condition) => condition.trim().replace(/,\s+/g, ','));
  for (const condition of conditions) {
    if (!CONDITION.test(condition)) refuse(`${key} may only call functions, not « ${condition} »`);
  }
  for (const condition of CONDITIONS_OF_MATCHER[key] ?? []) {
    if (!conditions.includes(condition)) refuse(`${key} lacks ${condition}`);
  }
}

export function lintPolicy(text: string, loaded: LoadedModel): void {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const seen = new Set<string>();
  for (const line of lines) {
    if (!/^(p2?|g[23]?)(, [a-z][a-z_0-9]*)+$/.test(line)) refuse(`malformed or unknown line: ${line}`);
    if (seen.has(line)) refuse(`duplicated line: ${line}`);
    seen.add(line);
  }
  for (const ptype of ['p', 'p2', 'g', 'g2', 'g3']) {
    const written = lines
      .filter((line) => line.startsWith(`${ptype}, `))
      .map((line) => line.slice(ptype.length + 2));
    const read = assertionOf(loaded, ptype).policy.map((fields) => fields.join(', '));
    if (written.length === 0) refuse(`no line of ${ptype}`);
    if (written.join('\n') !== read.join('\n')) refuse(`Casbin reads the lines of ${ptype} otherwise`);
    lintLines(ptype, written);
  }
}

function lintLines(ptype: string, lines: readonly string[]): void {
  const rules = lines.map((line) => line.split(', '));
  const width = COLUMNS[ptype]?.length ?? 2;
  for (const rule of rules) {
    if (rule.length !== width)
      refuse(`${ptype}, ${rule.join(', ')} has ${rule.length} fields instead of ${width}`);
  }
  if (ptype.startsWith('g')) lintDepth(ptype, new Map(Map.groupBy(rules, ([from = '']) => from)));
  for (const rule of rules) lintNames(ptype, rule);
  lintHierarchy(ptype, lines);
}

function lintNames(ptype: string, rule: readonly string[]): void {
  COLUMNS[ptype]?.forEach((names, i) => {
    if (!names.includes(rule[i] ?? '')) refuse(`${ptype}, ${rule.join(', ')}: unknown name ${rule[i]}`);
  });
  if (ptype === 'g' && rule[0] === 'delegate') refuse('delegate is the least role, it includes no other');
  if (ptype !== 'p2') return;
  const [, kind = '', action = '', condition = ''] = rule;
  if (CONFERRING.includes(action) && !condition.endsWith('covered'))
    refuse(`${action} ${kind} confers rights unchecked`);
  if (kind === 'staff' && !condition.startsWith('same_cabinet')) refuse(`${action} staff of any firm`);
}

function lintHierarchy(ptype: string, lines: readonly string[]): void {
  const expected = HIERARCHIES[ptype];
  if (expected === undefined) return;
  for (const line of lines)
    if (!expected.includes(line)) refuse(`${ptype}, ${line}: unknown to the catalogue`);
  for (const line of expected) if (!lines.includes(line)) refuse(`${ptype}, ${line} is missing`);
}

function lintDepth(ptype: string, links: ReadonlyMap<string, readonly (readonly string[])[]>): void {
  const depth = (name: string, above: number): number => {
    if (above > DEEPEST_HIERARCHY) refuse(`${ptype} is circular, or deeper than ${DEEPEST_HIERARCHY} links`);
    return Math.max(above, ...(links.get(name) ?? []).map(([, to = '']) => depth(to, above + 1)));
  };
  for (const name of links.keys()) depth(name, 0);
}

function assertionOf(loaded: LoadedModel, key: string): Assertion {
  return loaded.get(key.charAt(0))?.get(key) ?? refuse(`Casbin knows no ${key}`);
}

/** Whoever holds nothing, or holds everything on another site, is refused everything: whatever Casbin becomes. */
export function proveClosed({ mayUse, mayDelegate }: Pick<Enforcer, 'mayUse' | 'mayDelegate'>): void {
  const here = { caisseId: 'a', siteId: 'a' };
  const nobody = { ...here, rights: NO_RIGHTS };
  const stranger = {
    caisseId: 'a',
    siteId: 'b',
    rights: { ...NO_RIGHTS, administrator: true, levels: [-1n, -1n, -1n] as const },
  };
  for (const { slug } of FEATURES) {
    for (const action of FEATURE_ACTIONS) {
      const resource = { ...here, feature: slug };
      if (mayUse(nobody, resource, action) || mayUse(stranger, resource, action))
        refuse(`anyone may ${action} ${slug}`);
    }
  }
  for (const kind of DELEGATION_KINDS) {
    for (const action of DELEGATION_ACTIONS) {
      for (const cabinetId of [null, 'firm']) {
        const delegator = {
          caisseId: 'a',
          siteId: 'b',
          holds: { vector: EVERYTHING, administrator: true, cabinetId },
        };
        const delegation = { ...here, kind, cabinetId, admin: false, vector: EVERYTHING };
        if (mayDelegate(delegator, delegation, action)) refuse(`anyone may ${action} ${kind}`);
      }
    }
  }
}
