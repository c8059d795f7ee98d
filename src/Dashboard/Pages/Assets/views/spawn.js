// A form made from what a kind says of its settings. What is wrong is said by the API, beside the field that it is about.
import { html, useAsked, useState, Command, Why, say } from '../ui.js';
import { call, get } from '../api.js';
import { quoted } from '../format.js';

const policyFields = [
  ['maxRestarts', 'Failures in a row until it is quarantined', '8'], ['heartbeatSeconds', 'A heartbeat every … seconds', '1'],
  ['timeoutSeconds', 'Silent for … seconds is failed', '5'], ['progressTimeoutSeconds', 'Without progress for … seconds is stuck', 'off'],
  ['stableSeconds', 'Healthy for … seconds forgets failures', '60'],
];
const backoffFields = [['baseSeconds', 'Backoff base, seconds', '2'], ['factor', 'Backoff factor', '2'], ['maxSeconds', 'Backoff at most, seconds', '60'], ['jitter', 'Backoff jitter, 0 to 1', '0.1']];

/** A field's text as JSON has it: what is no number is sent as it is, and the API says so. */
const number = (text) => (text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text);
/** A list or an object is written as JSON; what is none is sent as it is, and the API says so. */
const json = (text) => {
  try { return JSON.parse(text); } catch { return text; }
};
const typed = (type, text) => {
  if (type === 'boolean') return text === 'true';
  if (['number', 'whole-number'].includes(type)) return number(text);
  return ['text-list', 'text-map'].includes(type) ? json(text) : text;
};
const put = (target, name, value) => (value === undefined || value === '' ? target : { ...target, [name]: value });

export function definitionOf(form, kind) {
  let settings = {};
  for (const setting of kind?.settings ?? []) {
    const text = form[`settings.${setting.name}`] ?? '';
    if (text !== '') settings[setting.name] = typed(setting.type, text);
  }
  let policy = put({}, 'restart', form['policy.restart']);
  for (const [name] of policyFields) policy = put(policy, name, form[`policy.${name}`] && number(form[`policy.${name}`]));
  let backoff = {};
  for (const [name] of backoffFields) backoff = put(backoff, name, form[`policy.backoff.${name}`] && number(form[`policy.backoff.${name}`]));
  if (Object.keys(backoff).length) policy.backoff = backoff;
  const labels = Object.fromEntries((form.labels ?? '').split(/[\s,]+/).filter(Boolean).map((pair) => [pair.split('=')[0], pair.split('=').slice(1).join('=')]));
  const definition = { id: form.id ?? '', kind: kind?.name ?? '' };
  if (Object.keys(settings).length) definition.settings = settings;
  if (Object.keys(labels).length) definition.labels = labels;
  if (Object.keys(policy).length) definition.policy = policy;
  return definition;
}

const policyOptions = {
  restart: '--restart', maxRestarts: '--max-restarts', heartbeatSeconds: '--heartbeat', timeoutSeconds: '--timeout', progressTimeoutSeconds: '--progress-timeout', stableSeconds: '--stable',
};
const backoffOptions = { baseSeconds: '--backoff-base', factor: '--backoff-factor', maxSeconds: '--backoff-max', jitter: '--backoff-jitter' };
const optionsOf = (options, given) => Object.entries(options).filter(([name]) => given?.[name] !== undefined).map(([name, option]) => `${option} ${quoted(String(given[name]))}`);

const commandOf = (d) => ['healing spawn', quoted(d.id || 'NAME'), '--kind', d.kind, ...Object.entries(d.settings ?? {}).map(([n, v]) => `-s ${quoted(`${n}=${typeof v === 'object' ? JSON.stringify(v) : v}`)}`), ...Object.entries(d.labels ?? {}).map(([n, v]) => `-l ${quoted(`${n}=${v}`)}`), ...optionsOf(policyOptions, d.policy), ...optionsOf(backoffOptions, d.policy?.backoff)].join(' ');

function Field({ name, label, hint, form, set, errors, type, isRequired, more, value = form[name] ?? '' }) {
  const faults = errors[name] ?? [];
  const id = `f-${name.replaceAll('.', '-')}`;
  const common = { id, name, 'aria-invalid': faults.length ? 'true' : undefined, 'aria-describedby': `${id}-more` };
  const change = (e) => set({ ...form, [name]: e.target.value });
  return html`<div class="field"><label for=${id}>${label}${isRequired ? html` <span class="soft">(needed)</span>` : ''}</label>
    ${type === 'boolean' ? html`<select ...${common} value=${form[name] ?? ''} onChange=${change}><option value="">as it is by default</option><option value="true">yes</option><option value="false">no</option></select>`
      : Array.isArray(type) ? html`<select ...${common} value=${value} onChange=${change}>${type.map(([v, l]) => html`<option value=${v} selected=${v === value}>${l}</option>`)}</select>`
      : html`<input ...${common} value=${form[name] ?? ''} onInput=${change} placeholder=${hint ?? ''} autocomplete="off" spellcheck=${false} inputmode=${type === 'number' ? 'decimal' : undefined} />`}
    <div id=${`${id}-more`}>${faults.map((f) => html`<p class="fault" role="alert">${f}</p>`)}${more && html`<p class="soft">${more}</p>`}</div></div>`;
}

const numeric = (type) => (['number', 'whole-number'].includes(type) ? 'number' : type);

export function SpawnView({ query }) {
  const { answer, error } = useAsked(() => get('kinds'), 'kinds');
  const [form, set] = useState({ kind: query.get('kind') ?? '' });
  const [errors, setErrors] = useState({});
  const [fault, setFault] = useState(null);
  if (!answer) return html`<h1>Spawn an agent</h1><${Why} error=${error} />`;
  const kinds = answer.items;
  const kind = kinds.find((k) => k.name === form.kind) ?? kinds[0];
  const definition = definitionOf(form, kind);
  const shared = { form, set, errors };
  const spawn = async (event) => {
    event.preventDefault();
    try {
      await call('POST', 'agents', definition);
      say(`Agent ${definition.id} was spawned.`);
      location.hash = `#/agents/${encodeURIComponent(definition.id)}`;
    } catch (e) {
      setErrors(Object.fromEntries(Object.entries(e.errors ?? {}).map(([path, rules]) => [path.replace(/^\$\.?/, ''), rules])));
      setFault(e);
      queueMicrotask(() => document.querySelector('[aria-invalid=true]')?.focus());
    }
  };
  const known = new Set(['id', 'kind', 'labels', 'policy.restart', ...(kind?.settings ?? []).map((s) => `settings.${s.name}`), ...policyFields.map(([n]) => `policy.${n}`), ...backoffFields.map(([n]) => `policy.backoff.${n}`)]);
  const others = Object.entries(errors).filter(([path]) => !known.has(path));
  return html`<h1>Spawn an agent</h1>
    <form class="spawn panel" onSubmit=${spawn} novalidate>
      <${Field} ...${shared} name="id" label="Name" hint="reader-1" isRequired=${true} />
      <${Field} ...${shared} name="kind" label="Kind" value=${kind?.name} type=${kinds.map((k) => [k.name, k.name])} />
      ${(kind?.settings ?? []).map((s) => html`<${Field} ...${shared} key=${`${kind.name} ${s.name}`} name=${`settings.${s.name}`} label=${s.name} hint=${{ 'text-list': '["one", "two"]', 'text-map': '{"NAME": "value"}' }[s.type]} type=${numeric(s.type)} isRequired=${s.isRequired}
        more=${`${s.description}${s.min !== null && s.min !== undefined ? ` At least ${s.min}.` : ''}${s.max !== null && s.max !== undefined && s.max < 1e6 ? ` At most ${s.max}.` : ''}`} />`)}
      <${Field} ...${shared} name="policy.restart" label="Restart" type=${[['', 'permanent: always'], ['transient', 'transient: unless it ends by itself'], ['temporary', 'temporary: never']]} />
      <${Field} ...${shared} name="labels" label="Labels" hint="team=blue stage=test" />
      <details><summary>How it is supervised</summary><div class="more">
        ${policyFields.map(([n, l, h]) => html`<${Field} ...${shared} name=${`policy.${n}`} label=${l} hint=${h} type="number" />`)}
        ${backoffFields.map(([n, l, h]) => html`<${Field} ...${shared} name=${`policy.backoff.${n}`} label=${l} hint=${h} type="number" />`)}</div></details>
      ${fault && html`<p class="fault" role="alert">${fault.message}</p>`}
      ${others.map(([path, rules]) => html`<p class="fault" role="alert">${path} ${rules.join('; ')}</p>`)}
      <p><button class="main">Spawn</button></p>
      <${Command} text=${commandOf(definition)} />
    </form>`;
}
