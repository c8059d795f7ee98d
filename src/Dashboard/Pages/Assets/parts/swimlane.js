// A lane an incarnation: how long it worked, and what its outage was made of. Lengths are on a logarithmic scale, since an agent
// that worked for a day may have been back in 12 ms.
import { html, useTick } from '../ui.js';
import { clock, span } from '../format.js';

const lanes = 12;

/** Lays an agent's actions (newest first) out as incarnations, newest first. */
export function incarnations(actions) {
  const all = new Map();
  const of = (n) => {
    if (!all.has(n)) all.set(n, { incarnation: n });
    return all.get(n);
  };
  for (const action of [...actions].reverse()) {
    const at = Date.parse(action.at);
    const lane = of(action.incarnation);
    switch (action.action) {
      case 'spawned': case 'restarting': case 'resumed': case 'released':
        lane.grantedAt ??= at;
        break;
      case 'recovered':
        lane.heardAt = at;
        break;
      case 'failed':
        lane.failedAt = at - (action.detectSeconds ?? 0) * 1000;
        lane.detectedAt = at;
        lane.reason = action.reason;
        break;
      case 'backing-off':
        lane.backingOffAt ??= at;
        break;
      case 'quarantined': case 'completed': case 'stopped': case 'paused':
        lane.end = { word: action.action, at };
        break;
      default:
    }
  }
  const list = [...all.values()].filter((l) => l.incarnation > 0).sort((a, b) => a.incarnation - b.incarnation);
  for (const [i, lane] of list.entries()) lane.next = list[i + 1];
  return list.reverse();
}

/** The parts of a lane: what, how long, and how it is said. */
export function parts(lane, now, isCurrent) {
  const list = [];
  const add = (sort, from, to, word) => {
    if (from !== undefined && to !== undefined && to >= from) list.push({ sort, seconds: (to - from) / 1000, word, isOpen: to === now });
  };
  const endedAt = lane.failedAt ?? lane.end?.at ?? lane.next?.grantedAt ?? now;
  if (lane.grantedAt !== undefined) add('starting', lane.grantedAt, lane.heardAt ?? endedAt, lane.heardAt === undefined && lane.failedAt === undefined && isCurrent ? 'starting' : 'started');
  if (lane.heardAt !== undefined) add('working', lane.heardAt, endedAt, 'worked');
  if (lane.failedAt !== undefined) {
    add('silent', lane.failedAt, lane.detectedAt, 'noticed after');
    if (!lane.end && (lane.next?.grantedAt ?? now) - lane.detectedAt >= 5) add('waiting', lane.detectedAt, lane.next?.grantedAt ?? (isCurrent ? now : undefined), 'waited');
  }
  if (lane.end) list.push({ sort: lane.end.word, seconds: null, word: lane.end.word });
  return list;
}

/** From the failure to the first beat after it. */
const healed = (lane) => (lane.failedAt !== undefined && lane.next?.heardAt !== undefined ? (lane.next.heardAt - lane.failedAt) / 1000 : null);

const width = (part) => (part.seconds === null ? 1 : 1 + Math.log10(1 + part.seconds * 1000) * 1.6);

export function Swimlane({ actions, agent, fleet }) {
  useTick(1000);
  const list = incarnations(actions).slice(0, lanes);
  if (list.length === 0) return html`<p class="soft">Nothing is in its log any more.</p>`;
  return html`<ol class="lanes">${list.map((lane) => {
    const isCurrent = lane.incarnation === agent.incarnation;
    const back = healed(lane);
    return html`<li key=${lane.incarnation}>
      <span class="lane-name">#${lane.incarnation} <span class="soft">${lane.grantedAt ? clock(lane.grantedAt) : ''}</span></span>
      <span class="lane">${parts(lane, fleet.now, isCurrent).map((part) => html`<span class=${`part p-${part.sort}${part.isOpen ? ' open' : ''}`} style=${{ flexGrow: width(part) }}>${part.word}${part.seconds === null ? '' : ` ${span(part.seconds)}`}</span>`)}</span>
      <span class="lane-end">${lane.reason ?? ''}${back === null ? '' : html` <b>healed in ${span(back)}</b>`}</span>
    </li>`;
  })}</ol>`;
}
