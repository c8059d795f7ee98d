// One agent: how it does, what it promised, what happened to it, and what can be done.
import { html, useAsked, useEffect, useFleet, useRef, useTick, Status, Command, Empty, Scroll, Why } from '../ui.js';
import { get, agentPath } from '../api.js';
import { ago, clock, quoted, span } from '../format.js';
import { give, possible, verbs } from '../parts/orders.js';
import { Swimlane } from '../parts/swimlane.js';
import { BackoffCurve } from '../parts/backoff.js';
import { ActionList } from '../parts/actionlist.js';

function Promised({ agent, policy }) {
  useTick(100);
  const fleet = useFleet(1000);
  if (!agent.deadline) return html`<p class="soft">No beat is due.</p>`;
  const left = (Date.parse(agent.deadline) - fleet.now) / 1000;
  const whole = policy?.timeoutSeconds ?? 5;
  return html`<p>Will be heard again within <b>${left > 0 ? span(left) : `– it is ${span(-left)} late`}</b></p>
    <div class=${`promise${left < 0 ? ' late' : ''}`}><i style=${{ width: `${Math.max(0, Math.min(100, (left / whole) * 100))}%` }}></i></div>
    <p class="soft">It beats every ${span(policy?.heartbeatSeconds)}, and ${span(whole)} of silence are a failure.${policy?.progressTimeoutSeconds ? ` Without progress for ${span(policy.progressTimeoutSeconds)} it is stuck.` : ''}</p>`;
}

function Waits({ agent }) {
  useTick(100);
  const fleet = useFleet(1000);
  const left = (Date.parse(agent.nextRestartAt) - fleet.now) / 1000;
  return html`<p>Is started again in <b>${span(Math.max(0, left))}</b> <span class="soft">(${clock(agent.nextRestartAt)})</span></p>`;
}

const Definition = ({ agent }) => html`<dl class="facts">
  <dt>Kind</dt><dd>${agent.kind}</dd>
  <dt>Silo</dt><dd>${agent.silo ?? '–'}</dd>
  <dt>Incarnation</dt><dd>#${agent.incarnation}</dd>
  <dt>Restarts</dt><dd>${agent.totalRestarts}</dd>
  <dt>Failures in a row</dt><dd>${agent.consecutiveFailures}${agent.policy ? ` of ${agent.policy.maxRestarts}` : ''}</dd>
  ${agent.desired && html`<dt>Wanted</dt><dd>${agent.desired.mode}, by ${agent.desired.actor}${agent.desired.reason ? `: ${agent.desired.reason}` : ''}</dd>`}
  ${agent.policy && html`<dt>Restart policy</dt><dd>${agent.policy.restart}</dd>`}
  ${Object.entries(agent.labels ?? {}).map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}
  ${Object.entries(agent.definition?.settings ?? {}).map(([name, value]) => html`<dt><code>${name}</code></dt><dd class="any">${typeof value === 'string' ? value : JSON.stringify(value)}</dd>`)}
</dl>`;

const Checkpoints = ({ agent, now }) => (agent.checkpoints.length === 0
  ? html`<p class="soft">It has saved none.</p>`
  : html`<${Scroll} name="Checkpoints"><table><thead><tr><th scope="col">Incarnation</th><th scope="col" class="number">Sequence</th><th scope="col">Saved</th><th scope="col" class="number">Characters</th></tr></thead><tbody>
    ${agent.checkpoints.map((c) => html`<tr><td>#${c.incarnation}</td><td class="number">${c.sequence}</td><td>${ago(c.at, now)}</td><td class="number">${c.length.toLocaleString('en')}</td></tr>`)}</tbody></table></${Scroll}>`);

/** The orders that make sense now. Whoever stands on one that goes is kept here, and not thrown back to the top of the page. */
function Orders({ id, status }) {
  const group = useRef(null);
  const isWithin = group.current?.contains(document.activeElement);
  useEffect(() => {
    if (isWithin && document.activeElement === document.body) group.current.focus();
  });
  return html`<div class="orders" role="group" tabindex="-1" ref=${group} aria-label=${`What to do with ${id}`}>${possible(status).map((verb) => html`<button key=${verb} type="button" class=${verbs[verb].isGrave ? 'grave' : ''} onClick=${() => give(verb, id)}>${verbs[verb].name}</button>`)}</div>`;
}

export function AgentView({ id }) {
  const fleet = useFleet(250);
  const tile = fleet.byId.get(id);

  // Whatever changes of it is in its tile; what changes with each beat is looked at once a second.
  const { answer: agent, error } = useAsked(() => get(agentPath(id)), id, { trigger: `${tile?.incarnation} ${tile?.status} ${tile?.failures}`, every: 1000 });
  if (!agent || error?.status === 404) {
    return error ? html`<div class="title"><h1>${id}</h1></div><${Why} error=${error} />${[400, 404].includes(error.status) && html`<${Empty} title="There is no such agent"><p><a href="#/">To the fleet</a> · <a href="#/spawn">Spawn one</a></p></${Empty}>`}`
      : html`<div class="title"><h1>${id}</h1></div><p class="soft">Asking …</p>`;
  }
  const status = tile?.status ?? agent.status;
  const failures = agent.actions.filter((a) => a.action === 'failed');
  return html`
    <div class="title"><h1>${id}</h1><${Status} of=${status} />
      <${Orders} id=${id} status=${status} /></div>
    <${Command} text=${`healing describe ${quoted(id)}`} />
    <${Why} error=${error} />
    ${agent.recordFault && html`<p class="fault">${agent.recordFault}</p>`}
    <div class="columns">
      <section class="panel"><h2>Now</h2>
        ${status === 'backing-off' && agent.nextRestartAt ? html`<${Waits} agent=${agent} />` : html`<${Promised} agent=${agent} policy=${agent.policy} />`}
        ${agent.lastHeartbeatAt && html`<p class="soft">Last heard of ${ago(agent.lastHeartbeatAt, fleet.now)}.</p>`}
        ${agent.lastFailure && html`<p class="failure"><b>${agent.lastFailure.reason}</b> ${ago(agent.lastFailure.at, fleet.now)}<br />${agent.lastFailure.message}</p>`}
        ${agent.progress !== undefined && agent.progress !== null && html`<h3>Progress</h3><pre>${JSON.stringify(agent.progress, null, 1)}</pre>`}
      </section>
      <section class="panel"><h2>What it is</h2><${Definition} agent=${agent} /></section>
      <section class="panel"><h2>How long it waits</h2>${agent.policy ? html`<${BackoffCurve} policy=${agent.policy} failures=${agent.consecutiveFailures} />` : html`<p class="soft">Its definition cannot be read.</p>`}</section>
      <section class="panel"><h2>Checkpoints</h2><${Checkpoints} agent=${agent} now=${fleet.now} /></section>
    </div>
    <section class="panel"><h2>Incarnations</h2><${Swimlane} actions=${agent.actions} agent=${agent} fleet=${fleet} /></section>
    ${failures.length > 0 && html`<section class="panel"><h2>Last failures</h2>${failures.slice(0, 5).map((a) => html`<details key=${a.id}><summary><b>${a.reason}</b> of #${a.incarnation}, ${ago(a.at, fleet.now)}</summary><pre>${a.details}</pre></details>`)}</section>`}
    <section class="panel"><h2>Actions</h2><${ActionList} actions=${agent.actions} agent=${id} now=${fleet.now} /></section>`;
}
