// The search of the fleet: words like status:quarantined kind:ai silo:2 restarts:>3, and any other text. All have to match.
// silo:2 is part of a name, silo:=silo-2 the whole of it; so with every field that is a text.

import { isFailing, statuses } from './format.js';

const numbers = { restarts: (t) => t.restarts ?? 0, failures: (t) => t.failures ?? 0, incarnation: (t) => t.incarnation };
const texts = {
  kind: (t) => t.kind,
  silo: (t) => t.silo ?? '',
  id: (t) => t.id,
  reason: (t) => t.lastFailure?.reason ?? '',
  message: (t) => t.lastFailure?.message ?? '',
  failing: (t) => (isFailing(t) ? 'yes' : 'no'),
};

export const fields = ['status', ...Object.keys(texts), 'label', ...Object.keys(numbers)];

/** Splits a search at spaces, quotes kept together. */
function words(query) {
  return [...query.matchAll(/(?:[^\s"]|"[^"]*")+/g)].map(([word]) => word.replaceAll('"', ''));
}

function compare(text) {
  const [, sign, number] = /^(>=|<=|>|<|=)?(\d+)$/.exec(text) ?? [];
  if (number === undefined) return null;
  const n = Number(number);
  return { '>': (v) => v > n, '<': (v) => v < n, '>=': (v) => v >= n, '<=': (v) => v <= n }[sign] ?? ((v) => v === n);
}

function rule(word) {
  const negated = word.startsWith('-') && word.includes(':');
  const [, field, value] = /^-?([a-z]+):(.*)$/.exec(word) ?? [];
  const test = field && value !== '' ? fieldRule(field, value.toLowerCase()) : null;
  if (typeof test === 'string') return { error: test };
  if (test) return { test: negated ? (t) => !test(t) : test };
  const text = word.toLowerCase();
  return { test: (t) => t.search.includes(text) };
}

function fieldRule(field, value) {
  if (field === 'status') {
    const wanted = statuses.filter((s) => value.split(',').some((v) => v && s.startsWith(v)));
    return wanted.length ? (t) => wanted.includes(t.status) : `There is no status ${value}: ${statuses.join(', ')}.`;
  }
  if (field === 'label') {
    const [name, wanted] = value.split('=');
    return (t) => Object.entries(t.labels ?? {}).some(([n, v]) => n.toLowerCase() === name && (wanted === undefined || v.toLowerCase() === wanted));
  }
  if (numbers[field]) {
    const test = compare(value);
    return test ? (t) => test(numbers[field](t)) : `${field} takes a number, such as ${field}:>3.`;
  }
  if (!texts[field]) return null;
  const whole = value.startsWith('=') ? value.slice(1) : null;
  return whole === null ? (t) => texts[field](t).toLowerCase().includes(value) : (t) => texts[field](t).toLowerCase() === whole;
}

/** A word that a field has to be the whole of, or with another sign to contain. */
export const term = (field, value, sign = '=') => `${field}:${sign}${/\s/.test(value) ? `"${value}"` : value}`;

/** A search as a test of an agent, and what is wrong with it. */
export function parse(query) {
  const rules = words(query ?? '').map(rule);
  const tests = rules.filter((r) => r.test).map((r) => r.test);
  return { matches: (tile) => tests.every((test) => test(tile)), error: rules.find((r) => r.error)?.error, isEmpty: rules.length === 0 };
}

/** What free text is looked for in. */
export const searchText = (tile) => [tile.id, tile.kind, ...Object.entries(tile.labels ?? {}).map(([n, v]) => `${n}=${v}`)].join(' ').toLowerCase();
