// Agents as cards, for few of them: the first hundred that match, those that are not well before the others.
import { html, useMemo, Status } from '../ui.js';
import { ago, count, span, statuses } from '../format.js';
import { crash } from './orders.js';

const shown = 100;

function Card({ tile, fleet }) {
  const left = fleet.fresh[tile.i] ?? 0;
  const action = fleet.actions.find((a) => a.agentId === tile.id);
  return html`<li class=${`card e-${tile.status}`}>
    <h3><a href=${`#/agents/${encodeURIComponent(tile.id)}`}>${tile.id}</a></h3>
    <${Status} of=${tile.status} />
    ${tile.status === 'backing-off' && tile.nextRestartAt && html`<span class="soft"> restarts in ${span(Math.max(0, (Date.parse(tile.nextRestartAt) - fleet.now) / 1000))}</span>`}
    <div class="promise" role="img" aria-label=${left > 1 ? 'It beats' : 'No beat is due, or it is late'}><i style=${{ width: `${Math.min(100, (left / 255) * 100)}%` }}></i></div>
    <dl><dt>Kind</dt><dd>${tile.kind}</dd><dt>Silo</dt><dd>${tile.silo ?? '–'}</dd><dt>Incarnation</dt><dd>#${tile.incarnation}</dd><dt>Restarts</dt><dd>${tile.restarts ?? 0}</dd><dt>Failures in a row</dt><dd>${tile.failures ?? 0}</dd></dl>
    ${tile.lastFailure && html`<p class="soft cut" title=${tile.lastFailure.message}>${tile.lastFailure.reason}, ${ago(tile.lastFailure.at, fleet.now)}: ${tile.lastFailure.message}</p>`}
    ${action && html`<p class="soft cut" title=${action.details}>${action.action}, ${ago(action.at, fleet.now)}</p>`}
    <button type="button" onClick=${() => crash(tile.id)} disabled=${!['healthy', 'stale'].includes(tile.status)}>Crash<span class="hidden"> ${tile.id}</span></button>
  </li>`;
}

export function Cards({ agents, fleet }) {
  const first = useMemo(() => [...agents].sort((a, b) => statuses.indexOf(a.status) - statuses.indexOf(b.status) || (a.id < b.id ? -1 : 1)).slice(0, shown), [agents]);
  return html`<ul class="cards">${first.map((tile) => html`<${Card} key=${tile.i} tile=${tile} fleet=${fleet} />`)}</ul>
    ${agents.length > shown && html`<p class="soft">The first ${shown}; ${count(agents.length - shown, 'more agent')} match. The table shows all.</p>`}`;
}
