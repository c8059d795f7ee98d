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

export function AgentTable({ agents, fleet, selected, select }) {
  const [by, setBy] = useState('id');
  const [isReverse, reverse] = useState(false);
  const [first, scroll] = useState(0);
  const [height, resize] = useState(600);
  const frame = useRef(null);
  const sorted = useMemo(() => sort(agents, by, isReverse), [agents, by, isReverse]);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => resize(entry.contentRect.height));
    observer.observe(frame.current);
    return () => observer.disconnect();
  }, []);
  const window = Math.ceil(height / row) + step + 2 * more;
  const from = Math.max(0, Math.min(first - more, sorted.length - window));
  const shown = sorted.slice(from, from + window);

  // A row that scrolls out is filled anew and comes back at the other end, unless somebody is in one: the focus stays with its agent.
  const isEntered = frame.current?.querySelector('tbody')?.contains(document.activeElement);
  const keyOf = (tile, n) => (isEntered ? `agent ${tile.i}` : (from + n) % window);
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
        ${shown.map((tile, n) => html`<tr key=${keyOf(tile, n)} aria-rowindex=${from + n + 2} class=${selected.has(tile.id) ? 'on' : ''}>
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
