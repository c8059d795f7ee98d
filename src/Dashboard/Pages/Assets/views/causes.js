// What fails, by cause; and what happened to many at once.
import { html, useFleet, Empty, Scroll, Status } from '../ui.js';
import { ago, clock, count, isDown, isFailing, span } from '../format.js';
import { term } from '../query.js';

const lateMs = 1500; // Failures this close to one another have one cause.

/** What agents that fail alike have in common: how, and the sort of the message. */
function causeOf({ reason, message }) {
  const head = /^[\w.]+(Exception|Error)\b/.exec(message)?.[0] ?? message.replace(/\d[\d.,]*/g, '…').slice(0, 80);
  return `${reason}: ${head}`;
}

/** The search that finds them: as much of the message as all of them have word for word, which a search can hold. */
function searchOf({ kind, reason, cause }) {
  const [head] = cause.slice(reason.length + 2).split(/[…"\r\n]/);
  return [term('kind', kind), term('reason', reason), head.trim() && term('message', head.trim(), ''), 'failing:yes'].filter(Boolean).join(' ');
}

function causes(tiles) {
  const all = new Map();
  for (const tile of tiles) {
    if (!tile || !isFailing(tile)) continue;
    const key = `${tile.kind} ${causeOf(tile.lastFailure)}`;
    const cause = all.get(key) ?? { kind: tile.kind, cause: causeOf(tile.lastFailure), reason: tile.lastFailure.reason, message: tile.lastFailure.message, agents: [], last: 0 };
    cause.agents.push(tile);
    cause.last = Math.max(cause.last, Date.parse(tile.lastFailure.at));
    all.set(key, cause);
  }
  return [...all.values()].sort((a, b) => b.agents.length - a.agents.length || b.last - a.last);
}

/** Agents that lost one silo at one time: how many, how fast they were back, and who is not. */
function incidents(tiles) {
  const bySilo = new Map();
  for (const tile of tiles) {
    if (tile?.lastFailure?.reason !== 'silo-lost') continue;
    const list = bySilo.get(tile.lastFailure.message) ?? [];
    list.push(tile);
    bySilo.set(tile.lastFailure.message, list);
  }
  const all = [];
  for (const [message, list] of bySilo) {
    list.sort((a, b) => (a.lastFailure.at < b.lastFailure.at ? -1 : 1));
    let current = null;
    for (const tile of list) {
      const at = Date.parse(tile.lastFailure.at);
      if (!current || at - current.last > lateMs) all.push(current = { message, from: at, last: at, agents: [] });
      current.last = at;
      current.agents.push(tile);
    }
  }
  return all.map(measure).sort((a, b) => b.from - a.from);
}

function measure(incident) {
  const back = incident.agents.filter((t) => t.status === 'healthy' && t.since);
  const times = back.map((t) => (Date.parse(t.since) - Date.parse(t.lastFailure.at)) / 1000).filter((s) => s >= 0).sort((a, b) => a - b);
  return { ...incident, back: back.length, half: times[times.length >> 1], all: times.at(-1), out: incident.agents.filter(isDown) };
}

const link = (query) => `#/?q=${encodeURIComponent(query)}`;
const names = (tiles) => tiles.slice(0, 5).map((t, i) => html`${i ? ', ' : ''}<a href=${`#/agents/${encodeURIComponent(t.id)}`}>${t.id}</a>`);

const Incident = ({ incident, now }) => html`<li class="incident">
  <b>${incident.message}</b> <span class="soft">${clock(new Date(incident.from).toISOString())}, ${span((now - incident.from) / 1000)} ago</span>
  <p>${count(incident.agents.length, 'agent')} moved; ${incident.back.toLocaleString('en')} beat again${incident.half === undefined ? '' : `, half of them within ${span(incident.half)}, the last after ${span(incident.all)}`}.
    ${incident.out.length > 0 ? html` <b class="bad">Still out: ${incident.out.length.toLocaleString('en')}</b> (${names(incident.out)}${incident.out.length > 5 ? ', …' : ''})` : ' Nobody is out.'}</p></li>`;

const mass = ['hold-began', 'hold-ended', 'panic-began', 'panic-ended'];

export function CausesView() {
  const fleet = useFleet(500);
  const found = causes(fleet.tiles);
  const lost = incidents(fleet.tiles);
  const notes = fleet.actions.filter((a) => mass.includes(a.action));
  return html`<div class="title"><h1>Causes</h1></div>
    <section class="panel"><h2>What fails, by cause</h2>
      ${found.length === 0 ? html`<${Empty} title="Nobody fails"><p>Agents that failed and are not stable yet would stand here, by what they have in common.</p></${Empty}>` : html`<${Scroll} name="Causes"><table>
        <thead><tr><th scope="col">Cause</th><th scope="col">Kind</th><th scope="col">Agents</th><th scope="col">Last</th><th scope="col">How they stand</th></tr></thead>
        <tbody>${found.map((c) => html`<tr><td class="any"><a href=${link(searchOf(c))}>${c.cause}</a><div class="soft cut" title=${c.message}>${c.message}</div></td><td>${c.kind}</td><td class="number">${c.agents.length}</td>
          <td>${ago(new Date(c.last).toISOString(), fleet.now)}</td><td>${[...new Set(c.agents.map((t) => t.status))].map((s) => html`<${Status} of=${s} /> `)}</td></tr>`)}</tbody></table></${Scroll}>`}
    </section>
    <section class="panel"><h2>Silos lost</h2>
      ${lost.length === 0 ? html`<p class="soft">No agent's last failure was the loss of its silo.</p>` : html`<ol class="incidents">${lost.map((i) => html`<${Incident} incident=${i} now=${fleet.now} />`)}</ol>`}
    </section>
    <section class="panel"><h2>Held for all</h2>
      ${notes.length === 0 ? html`<p class="soft">Among the last actions the supervisor held nobody back: it could hear everybody.</p>` : html`<ol class="incidents">${notes.map((a) => html`<li><b>${a.action}</b> <span class="soft">${clock(a.at)}</span> ${a.details}</li>`)}</ol>`}
    </section>`;
}
