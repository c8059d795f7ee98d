// The list of agents, of which only the rows in sight are made, so that ten thousand scroll like ten.
import { html, useEffect, useMemo, useRef, useState, Status } from '../ui.js';
import { ago, span, statuses } from '../format.js';

const row = 40;
const more = 8; // Rows beyond the edges, so that a fast scroll shows no holes.
const step = 4; // As many rows are passed before others are made.

const columns = [
  { name: 'Agent', key: 'id', of: (t) => t.id },
  { name: 'Status', key: 'status', of: (t) => statuses.indexOf(t.status) },
  { name: 'Kind', key: 'kind', of: (t) => t.kind, wide: true },
  { name: 'Silo', key: 'silo', of: (t) => t.silo ?? '', wide: true },
  { name: 'Restarts', key: 'restarts', of: (t) => -(t.restarts ?? 0), number: true },
  { name: 'Failures in a row', key: 'failures', of: (t) => -(t.failures ?? 0), number: true, wide: true },
  { name: 'Last failure', key: 'at', of: (t) => -Date.parse(t.lastFailure?.at ?? 0) },
];

function sort(agents, by, isReverse) {
  const { of } = columns.find((c) => c.key === by);
  const sign = isReverse ? -1 : 1;
  return agents.map((tile) => [of(tile), tile]).sort(([a, x], [b, y]) => (a < b ? -sign : a > b ? sign : x.id < y.id ? -1 : 1)).map(([, tile]) => tile);
}

/**
 * A row for each agent in sight. It stays with its agent; one whose agent went out of sight is filled anew, which is cheaper than
 * another, unless somebody is in a row: the focus must not come to mean somebody else. The free ones are handed out in the order in
 * which they stand, so that few change places.
 */
function assign(rows, shown, isEntered) {
  const now = new Map(shown.filter((t) => rows.of.has(t.i)).map((t) => [t.i, rows.of.get(t.i)]));
  const free = isEntered ? [] : [...rows.of].filter(([i]) => !now.has(i)).map(([, key]) => key);
  for (const { i } of shown) if (!now.has(i)) now.set(i, free.shift() ?? rows.made++);
  rows.of = now;
  return now;
}

export function AgentTable({ agents, fleet, selected, select }) {
  const [by, setBy] = useState('id');
  const [isReverse, reverse] = useState(false);
  const [first, scroll] = useState(0);
  const [height, resize] = useState(600);
  const frame = useRef(null);
  const rows = useRef({ of: new Map(), made: 0 });
  const sorted = useMemo(() => sort(agents, by, isReverse), [agents, by, isReverse]);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => resize(entry.contentRect.height));
    observer.observe(frame.current);
    return () => observer.disconnect();
  }, []);
  const most = Math.ceil(height / row) + step + 2 * more;
  const from = Math.max(0, Math.min(first - more, sorted.length - most));
  const shown = sorted.slice(from, from + most);
  const keys = assign(rows.current, shown, frame.current?.querySelector('tbody').contains(document.activeElement));
  const toggle = (id) => {
    const next = new Set(selected);
    if (!next.delete(id)) next.add(id);
    select(next);
  };
  const head = (column) => {
    const isBy = by === column.key;
    const turn = () => {
      reverse(isBy && !isReverse);
      setBy(column.key);
    };
    return html`<th scope="col" class=${column.wide ? 'wide' : ''} aria-sort=${isBy ? (isReverse ? 'descending' : 'ascending') : 'none'}>
      <button type="button" class="sort" onClick=${turn}>${column.name}<span aria-hidden="true">${isBy ? (isReverse ? ' ▾' : ' ▴') : ''}</span></button></th>`;
  };
  return html`<div class="frame" ref=${frame} onScroll=${(e) => scroll(Math.floor(e.currentTarget.scrollTop / row / step) * step)} tabindex="0" role="region" aria-label="Agents, a list that scrolls">
    <table class="agents" aria-rowcount=${sorted.length + 1}>
      <thead><tr><th scope="col" class="pick"><span class="hidden">Selected</span></th>${columns.map(head)}</tr></thead>
      <tbody>
        ${from > 0 && html`<tr class="space" aria-hidden="true" style=${{ height: `${from * row}px` }}></tr>`}
        ${shown.map((tile, n) => html`<tr key=${keys.get(tile.i)} aria-rowindex=${from + n + 2} class=${selected.has(tile.id) ? 'on' : ''}>
          <td class="pick"><input type="checkbox" checked=${selected.has(tile.id)} onChange=${() => toggle(tile.id)} aria-label=${`Select ${tile.id}`} /></td>
          <td class="name"><a href=${`#/agents/${encodeURIComponent(tile.id)}`} title=${tile.id}>${tile.id}</a></td>
          <td><${Status} of=${tile.status} />${tile.status === 'backing-off' && tile.nextRestartAt ? html` <span class="soft">${span(Math.max(0, (Date.parse(tile.nextRestartAt) - fleet.now) / 1000))}</span>` : ''}</td>
          <td class="wide">${tile.kind}</td>
          <td class="wide">${tile.silo ?? '–'}</td>
          <td class="number">${tile.restarts ?? 0}</td>
          <td class="number wide">${tile.failures ?? 0}</td>
          <td class="why">${tile.lastFailure && html`<span title=${tile.lastFailure.message}>${tile.lastFailure.reason} <span class="soft">${ago(tile.lastFailure.at, fleet.now)}</span></span>`}</td>
        </tr>`)}
        ${from + shown.length < sorted.length && html`<tr class="space" aria-hidden="true" style=${{ height: `${(sorted.length - from - shown.length) * row}px` }}></tr>`}
      </tbody>
    </table>
  </div>`;
}
