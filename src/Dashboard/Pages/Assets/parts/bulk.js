// All that match, or those that are ticked: what is ordered of them at once.
import { html } from '../ui.js';
import { count } from '../format.js';
import { giveAll, verbs } from './orders.js';

export function BulkBar({ found, selected, select }) {
  const present = found.filter((t) => selected.has(t.id));
  const isAll = found.length > 0 && present.length === found.length;
  const act = async (verb) => {
    const done = await giveAll(verb, present.map((t) => t.id));
    if (done) select((before) => new Set([...before].filter((id) => !done.has(id))));
  };
  return html`<div class="bulk" role="group" aria-label="What is selected">
    <label><input type="checkbox" checked=${isAll} disabled=${found.length === 0} onChange=${() => select(isAll ? new Set() : new Set(found.map((t) => t.id)))} /> Select all that match (${found.length.toLocaleString('en')})</label>
    ${present.length > 0 && html`<span>${count(present.length, 'agent')} selected:</span>${Object.keys(verbs).map((verb) => html`<button type="button" class=${verbs[verb].isGrave ? 'grave' : ''} onClick=${() => act(verb)}>${verbs[verb].name}</button>`)}
      <button type="button" class="quiet" onClick=${() => select(new Set())}>Select none</button>`}
  </div>`;
}
