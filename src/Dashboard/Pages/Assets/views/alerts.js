// What people are told of: alerts that are open or were lately, who was told, and what nobody is told of for a while.
import { html, useEffect, useState, useFleet, Command, Empty, Scroll, ask, say } from '../ui.js';
import { call, get } from '../api.js';
import { ago, clock, count } from '../format.js';

const everyMs = 5000;
const hour = 3600;

/** Both lists, read again and again while somebody looks; null before the first answer. */
function useAlerts() {
  const [read, setRead] = useState({ alerts: null, silences: [], error: null, turn: 0 });
  useEffect(() => {
    let timer = 0;
    let isOver = false;
    const look = async () => {
      try {
        const [alerts, silences] = await Promise.all([get('alerts'), get('alerts/silences')]);
        if (!isOver) setRead((r) => ({ ...r, alerts: alerts.items, silences: silences.items, error: null }));
      } catch (error) {
        if (!isOver) setRead((r) => ({ ...r, error: error.message }));
      }
      if (!isOver) timer = setTimeout(look, everyMs);
    };
    look();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [read.turn]);
  return [read, () => setRead((r) => ({ ...r, turn: r.turn + 1 }))];
}

const told = (delivery) => delivery.error ?? (delivery.told === 'resolved' ? 'told its end' : delivery.told ? 'told' : 'not told yet');

async function silence(alert, done) {
  const about = alert.agentId ? `alerts ${alert.condition} about ${alert.agentId}` : `alerts ${alert.condition}`;
  const values = await ask({
    title: `Silence ${about}?`, text: 'Nobody is told until it expires. What is open then is told then.', yes: 'Silence',
    fields: [{ name: 'hours', label: 'Hours', hint: '2' }, { name: 'reason', label: 'Why (kept with it)', hint: 'optional' }],
  });
  if (!values) return;
  const body = { forSeconds: (Number(values.hours || 2) || 0) * hour, condition: alert.condition };
  if (alert.agentId) body.agent = alert.agentId;
  if (values.reason) body.reason = values.reason;
  await attempt(call('POST', 'alerts/silences', body), done);
}

async function attempt(answer, done) {
  try {
    say((await answer).message);
  } catch (error) {
    say(error.message, true);
  }
  done();
}

async function test() {
  try {
    const { items } = await call('POST', 'alerts/test', undefined, { patienceSeconds: 45 });
    const failed = items.filter((r) => r.error);
    say(failed.length === 0 ? `${count(items.length, 'sink')} took the test alert.` : failed.map((r) => `${r.sink}: ${r.error}`).join('; '), failed.length > 0);
  } catch (error) {
    say(error.message, true);
  }
}

function Alert({ alert, now, again, mayOrder }) {
  const isOpen = alert.state === 'firing';
  return html`<tr>
    <td><span class=${`tag ${isOpen && !alert.silencedBy ? 'bad' : ''}`}>${alert.silencedBy && isOpen ? 'silenced' : alert.state}</span></td>
    <td>${alert.severity}</td>
    <td class="any">${alert.agentId ? html`<a href=${`#/agents/${encodeURIComponent(alert.agentId)}`}>${alert.summary}</a>` : alert.summary}
      ${alert.details && html`<div class="soft cut" title=${alert.details}>${alert.details}</div>`}${alert.silencedBy && html`<div class="soft">${alert.silencedBy}</div>`}</td>
    <td title=${clock(alert.beganAt)}>${ago(alert.beganAt, now)}</td>
    <td>${alert.deliveries.map((d) => html`<div class=${d.error ? 'bad' : ''}>${d.sink}: ${told(d)}</div>`)}</td>
    <td>${mayOrder && isOpen && !alert.silencedBy && html`<button type="button" onClick=${() => silence(alert, again)}>Silence<span class="hidden"> ${alert.summary}</span></button>`}</td></tr>`;
}

export function AlertsView() {
  const fleet = useFleet(500);
  const mayOrder = fleet.session?.readOnly !== true;
  const [{ alerts, silences, error }, again] = useAlerts();
  return html`<div class="title"><h1>Alerts</h1>${mayOrder && html`<button type="button" onClick=${test}>Send a test alert</button>`}</div>
    <${Command} text="healing alerts" />
    ${error && html`<p class="banner n-bad" role="status">The alerts cannot be read. ${error}</p>`}
    ${!alerts ? !error && html`<p class="soft">The alerts are being read.</p>` : alerts.length === 0 ? html`<${Empty} title="Nothing is alerted"><p>Agents that were given up on would stand here, and whatever else needs a person.</p></${Empty}>` : html`<${Scroll} name="Alerts"><table class="panel">
      <thead><tr><th scope="col">State</th><th scope="col">Severity</th><th scope="col">Alert</th><th scope="col">Since</th><th scope="col">Who was told</th><th scope="col"><span class="hidden">Orders</span></th></tr></thead>
      <tbody>${alerts.map((alert) => html`<${Alert} key=${alert.key} alert=${alert} now=${fleet.now} again=${again} mayOrder=${mayOrder} />`)}</tbody></table></${Scroll}>`}
    ${silences.length > 0 && html`<section class="panel"><h2>Silences</h2><ul class="incidents">${silences.map((s) => html`<li key=${s.id}>
      <b>${[s.condition, s.agentId, ...Object.entries(s.labels).map(([n, v]) => `${n}=${v}`)].filter(Boolean).join(', ') || 'all alerts'}</b>
      <span class="soft"> until ${new Date(s.until).toLocaleString()}, by ${s.actor}${s.reason ? `: ${s.reason}` : ''}</span>
      ${mayOrder && html`<button type="button" onClick=${() => attempt(call('DELETE', `alerts/silences/${encodeURIComponent(s.id)}`), again)}>End<span class="hidden"> silence ${s.id}</span></button>`}</li>`)}</ul></section>`}`;
}
