// Actions with the why of each, newest first; one that is opened tells the rules that were looked at and on what.
import { html, useState, useAsked, Command, Why } from '../ui.js';
import { get } from '../api.js';
import { clock, span } from '../format.js';

function Explanation({ action }) {
  const query = action.agentId ? `?agent=${encodeURIComponent(action.agentId)}` : '';
  const { answer, error } = useAsked(() => get(`actions/${encodeURIComponent(action.id)}/explanation${query}`), action.id);
  if (error) return html`<${Why} error=${error} />`;
  if (!answer) return html`<p class="soft">Asking …</p>`;
  return html`<div class="explanation">
    ${answer.unexplained ? html`<p>${answer.unexplained}</p>` : html`
      <p>${answer.isSame ? 'Decided again on what was recorded, it is the same.' : 'Decided again, it is not the same; another version may have decided it.'} Rule: <b>${answer.rule}</b></p>
      <ol class="rules">${answer.rules.map((r) => html`<li class=${r.fired ? 'fired' : ''}><code>${r.rule}</code> ${r.details}</li>`)}</ol>
      <details><summary>Decided on</summary><dl class="facts">${answer.inputs.map((i) => html`<dt>${i.name}</dt><dd class="any">${i.value || '–'}</dd>`)}</dl></details>`}
    <${Command} text=${`healing explain ${action.id}${action.agentId ? ` --agent ${action.agentId}` : ''}`} />
  </div>`;
}

function Row({ action, agent }) {
  const [isOpen, open] = useState(false);
  const numbers = [
    action.detectSeconds !== undefined && `noticed after ${span(action.detectSeconds)}`,
    action.backoffSeconds > 0 && `waits ${span(action.backoffSeconds)}`,
    action.silo && `on ${action.silo}`,
  ].filter(Boolean).join(', ');
  return html`<li class=${`action a-${action.action}`}>
    <button type="button" class="quiet why-button" aria-expanded=${isOpen} onClick=${() => open(!isOpen)} aria-label=${`Why ${action.action}${action.agentId ? ` of ${action.agentId}` : ''}`}>${isOpen ? '▾' : '▸'}</button>
    <time datetime=${action.at}>${clock(action.at)}</time>
    ${!agent && (action.agentId ? html`<a href=${`#/agents/${encodeURIComponent(action.agentId)}`}>${action.agentId}</a>` : html`<b>all</b>`)}
    <b class="word">${action.action}</b>${action.incarnation > 0 && html`<span class="soft">#${action.incarnation}</span>`}
    <span class="details">${action.details}${numbers && html` <span class="soft">(${numbers})</span>`}</span>
    ${isOpen && html`<${Explanation} action=${action} />`}
  </li>`;
}

export const ActionList = ({ actions, agent }) => (actions.length === 0
  ? html`<p class="soft">Nothing has happened yet.</p>`
  : html`<ol class="actions">${actions.map((action) => html`<${Row} key=${action.id} action=${action} agent=${agent} />`)}</ol>`);
