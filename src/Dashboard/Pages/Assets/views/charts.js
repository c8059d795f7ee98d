// The fleet over time, and how its supervisors do.
import { html, colour, useAsked, useEffect, useFleet, useRef, useState, Empty, Scroll, Why } from '../ui.js';
import uPlot from '../vendor/uplot.js';
import { get } from '../api.js';
import { span, statuses } from '../format.js';

/** Lines or areas. What is drawn may differ from what is told: areas stand one on the other. */
function Chart({ title, data, drawn = data, series, unit, isLog }) {
  const told = useRef(data);
  told.current = data;
  const word = (v) => (v === null || v === undefined ? '–' : unit === 's' ? span(v) : v.toLocaleString('en', { maximumFractionDigits: 1 }));
  const place = useRef(null);
  const plot = useRef(null);
  const scheme = matchMedia('(prefers-color-scheme: dark)').matches;
  useEffect(() => {
    const axis = { stroke: colour('--soft'), grid: { stroke: colour('--line'), width: 1 }, ticks: { stroke: colour('--line') } };
    const options = {
      width: place.current.clientWidth || 400,
      height: 190,
      cursor: { drag: { x: false, y: false } },
      scales: { y: isLog ? { distr: 3 } : { range: (_, min, max) => [0, Math.max(max * 1.1, 1)] } },
      axes: [axis, { ...axis, size: 62, values: (_, ticks) => ticks.map((v) => (v === null ? '' : unit === 's' ? span(v) : v.toLocaleString('en'))) }],
      series: [{}, ...series.map(({ label, paint, isFilled }) => ({
        label, stroke: colour(paint), width: 1.5, spanGaps: !isFilled, fill: isFilled ? colour(paint) : undefined, points: { show: !isFilled && isLog, size: 4 },
        value: (_, __, of, i) => word(told.current[of][i]),
      }))],
    };
    plot.current = new uPlot(options, drawn, place.current);
    const observer = new ResizeObserver(([entry]) => plot.current?.setSize({ width: Math.max(200, entry.contentRect.width), height: 190 }));
    observer.observe(place.current);
    return () => {
      observer.disconnect();
      plot.current.destroy();
      plot.current = null;
    };
  }, [scheme, series.length]);
  useEffect(() => plot.current?.setData(drawn), [drawn]);
  const last = series.map((s, i) => `${s.label} ${word(data[i + 1].at(-1))}`).join(', ');
  return html`<figure class="panel chart"><figcaption>${title}</figcaption><div ref=${place} role="img" aria-label=${`${title}; last: ${last}`}></div></figure>`;
}

/** Sums of status upon status, so that each area stands on the one before. */
function stacked(samples, shown) {
  const sums = samples.map(() => 0);
  return shown.map((status) => samples.map((s, i) => (sums[i] += s.byStatus[status] ?? 0)));
}

function Supervisors({ fleet }) {
  const list = fleet.overview?.supervisors ?? [];
  return html`<section class="panel"><h2>Supervisors</h2><${Scroll} name="Supervisors"><table>
    <thead><tr><th scope="col">Partition</th><th scope="col">On</th><th scope="col">Last round</th><th scope="col">Lag</th><th scope="col">Store</th><th scope="col">A restart waits</th><th scope="col">Holds</th></tr></thead>
    <tbody>${list.map((p) => html`<tr><td>${p.partition}</td><td>${p.silo}</td><td>${p.lastRoundAgeSeconds === undefined ? 'none yet' : `${span(p.lastRoundAgeSeconds)} ago`}</td><td>${span(p.lagSeconds)}</td><td>${span(p.storeSeconds)}</td>
      <td>${p.restartWaitSeconds > 0 ? span(p.restartWaitSeconds) : 'for nobody'}</td><td class="any">${p.hold ?? (p.panic ? `panic guard: ${p.panic}` : 'nobody')}</td></tr>`)}</tbody></table></${Scroll}></section>`;
}

export function ChartsView() {
  const fleet = useFleet(1000);
  const [minutes, setMinutes] = useState(60);
  const { answer, error } = useAsked(() => get(`history?minutes=${minutes}`), String(minutes), { every: 5000 });
  const samples = answer?.items ?? [];
  const at = samples.map((s) => Date.parse(s.at) / 1000);
  // From below; what needs a look is on top.
  const shown = [...statuses].reverse().filter((status) => samples.some((s) => s.byStatus[status]));
  const pick = html`<span class="switch" role="group" aria-label="How far back">${[10, 60, 180].map((m) => html`<button type="button" class="quiet" aria-pressed=${m === minutes} onClick=${() => setMinutes(m)}>${span(m * 60)}</button>`)}</span>`;
  return html`<div class="title"><h1>Charts</h1>${pick}</div>
    <${Why} error=${error} />
    ${samples.length < 2 ? html`<${Empty} title="Not enough has happened yet"><p>The supervisor notes every ten seconds what it did; the charts begin with the second note.</p></${Empty}>` : html`<div class="charts">
      <${Chart} title="Restarts and failures, in ten seconds" data=${[at, samples.map((s) => s.restarts), samples.map((s) => s.failures)]} series=${[{ label: 'restarts', paint: '--c-restarting' }, { label: 'failures', paint: '--c-quarantined' }]} />
      <${Chart} title="Time to heal" unit="s" isLog data=${[at, samples.map((s) => s.recover?.mean || null), samples.map((s) => s.recover?.max || null)]} series=${[{ label: 'mean', paint: '--c-healthy' }, { label: 'longest', paint: '--c-backing-off' }]} />
      <${Chart} title="Time to notice" unit="s" isLog data=${[at, samples.map((s) => s.detect?.mean || null), samples.map((s) => s.detect?.max || null)]} series=${[{ label: 'mean', paint: '--c-healthy' }, { label: 'longest', paint: '--c-backing-off' }]} />
      <${Chart} title="Heartbeats a second" data=${[at, samples.map((s) => (s.beats === undefined ? null : s.beats / Math.max(s.seconds, 1)))]} series=${[{ label: 'beats a second', paint: '--c-healthy' }]} />
      <${Chart} key=${shown.join()} title="Agents by status" data=${[at, ...[...shown].reverse().map((s) => samples.map((sample) => sample.byStatus[s] ?? 0))]} drawn=${[at, ...stacked(samples, shown).reverse()]} series=${[...shown].reverse().map((s) => ({ label: s, paint: `--c-${s}`, isFilled: true }))} />
    </div>`}
    <${Supervisors} fleet=${fleet} />`;
}
