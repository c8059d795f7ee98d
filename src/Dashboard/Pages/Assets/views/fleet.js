// The fleet: its numbers, everybody at a glance, and the list.
import { html, useMemo, useState, useFleet, useSearch, Empty, Command } from '../ui.js';
import { parse } from '../query.js';
import { count, span, statuses, statusWord } from '../format.js';
import { Heatmap } from '../parts/heatmap.js';
import { AgentTable } from '../parts/table.js';
import { Cards } from '../parts/cards.js';
import { BulkBar } from '../parts/bulk.js';

const hash = (query, view) => {
  const all = new URLSearchParams();
  if (query) all.set('q', query);
  if (view === 'cards') all.set('view', 'cards');
  return `#/${String(all) && `?${all}`}`;
};

function Numbers({ fleet, query, view }) {
  const { overview } = fleet;
  if (!overview) return html`<ul class="numbers" aria-busy="true"></ul>`;
  const cells = statuses.filter((s) => overview.byStatus[s] > 0 || ['healthy', 'backing-off', 'quarantined'].includes(s));
  return html`<ul class="numbers">
    <li><a href=${hash('', view)} aria-current=${query === '' ? 'true' : undefined}><b>${overview.agents.toLocaleString('en')}</b>agents</a></li>
    ${cells.map((s) => html`<li><a href=${hash(`status:${s}`, view)} class=${`c-${s}${overview.byStatus[s] ? '' : ' none'}`} aria-current=${query === `status:${s}` ? 'true' : undefined}>
      <b>${(overview.byStatus[s] ?? 0).toLocaleString('en')}</b>${statusWord(s)}</a></li>`)}
    <li><a href=${hash('restarts:>0', view)}><b>${overview.restarts.toLocaleString('en')}</b>restarts</a></li>
    <li><a href="#/charts"><b>${span(overview.mttrSeconds)}</b>to heal</a></li>
    <li><a href="#/charts"><b>${fleet.rate === null ? '–' : Math.round(fleet.rate).toLocaleString('en')}</b>beats a second</a></li>
  </ul>`;
}

const nobody = new Set();

// Of another search nobody is selected, from its first painting on: what is ticked then is not taken back by an effect that comes after it.
function useSelection(query) {
  const [chosen, choose] = useState({ query, ids: nobody });
  const of = (c) => (c.query === query ? c.ids : nobody);

  // An order that is through may strike out its agents only from the selection that it was given to.
  const change = (edit) => (c) => (c.query === query ? { query, ids: edit(c.ids) } : c);
  return [of(chosen), (next) => choose(typeof next === 'function' ? change(next) : { query, ids: next })];
}

export function FleetView({ query: at }) {
  const fleet = useFleet(250);
  const query = at.get('q') ?? '';
  const view = at.get('view') ?? 'table';
  const [text, setText] = useSearch(query, (q) => hash(q, view));
  const [selected, select] = useSelection(query);
  const test = useMemo(() => parse(query), [query]);
  const found = useMemo(() => fleet.tiles.filter((t) => t && test.matches(t)), [test, fleet.version]);
  if (fleet.overview && fleet.isWhole && fleet.overview.agents === 0) {
    return html`<h1 class="hidden">Fleet</h1><${Numbers} fleet=${fleet} query=${query} view=${view} />
      <${Empty} title="No agents yet"><p><a class="button main" href="#/spawn">Spawn the first one</a></p><p>or in a terminal: <${Command} text="healing spawn reader --kind data-processing -s path=README.md -s linesPerSecond=5" /></p></${Empty}>`;
  }
  return html`<h1 class="hidden">Fleet</h1>
    <${Numbers} fleet=${fleet} query=${query} view=${view} />
    <section aria-label="Everybody" class="panel">
      <${Heatmap} fleet=${fleet} test=${test} />
    </section>
    <section aria-label="Agents">
      <form class="search" role="search" onSubmit=${(e) => e.preventDefault()}>
        <label class="grow"><span class="hidden">Search agents</span>
          <input type="search" value=${text} onInput=${(e) => setText(e.target.value)} placeholder="Search: status:quarantined kind:ai silo:2 silo:=silo-2 restarts:>3 text" aria-describedby="found" /></label>
        <span id="found" class="soft">${test.error ? html`<span class="fault">${test.error}</span>` : count(found.length, 'agent')}</span>
        <span class="switch" role="group" aria-label="Show as">
          <a href=${hash(query, 'table')} aria-current=${view === 'table' ? 'true' : undefined}>Table</a><a href=${hash(query, 'cards')} aria-current=${view === 'cards' ? 'true' : undefined}>Cards</a></span>
      </form>
      <${BulkBar} found=${found} selected=${selected} select=${select} query=${query} />
      ${found.length === 0 && fleet.isWhole ? html`<${Empty} title="Nobody matches"><p><a href=${hash('', view)}>Show everybody</a></p></${Empty}>`
        : view === 'cards' ? html`<${Cards} agents=${found} fleet=${fleet} />`
        : html`<${AgentTable} agents=${found} fleet=${fleet} selected=${selected} select=${select} />`}
    </section>`;
}
