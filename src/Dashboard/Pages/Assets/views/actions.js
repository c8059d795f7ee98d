// What the supervisor did, and why.
import { html, useAsked, useEffect, useFleet, useState, Command, Empty, Why } from '../ui.js';
import { get } from '../api.js';
import { count } from '../format.js';
import { ActionList } from '../parts/actionlist.js';

const matches = (action, text) => !text || [action.agentId ?? 'all', action.action, action.reason, action.details, action.silo ?? ''].some((t) => t.toLowerCase().includes(text));

export function ActionsView({ query }) {
  const fleet = useFleet(250);
  const [text, setText] = useState(query.get('q') ?? '');
  const { answer, error } = useAsked(() => get('actions?limit=1000'), 'actions');
  useEffect(() => {
    const timer = setTimeout(() => history.replaceState(null, '', `#/actions${text ? `?q=${encodeURIComponent(text)}` : ''}`), 300);
    return () => clearTimeout(timer);
  }, [text]);
  const seen = new Set();
  const all = [...fleet.actions, ...(answer?.items ?? [])].filter((a) => !seen.has(a.id) && seen.add(a.id)).sort((a, b) => (a.id < b.id ? 1 : -1));
  const found = all.filter((a) => matches(a, text.trim().toLowerCase()));
  return html`<div class="title"><h1>Actions</h1></div>
    <${Command} text="healing events -f" />
    <form class="search" role="search" onSubmit=${(e) => e.preventDefault()}>
      <label class="grow"><span class="hidden">Search actions</span><input type="search" value=${text} onInput=${(e) => setText(e.target.value)} placeholder="Search: an agent, failed, silo-lost, …" /></label>
      <span class="soft" role="status">${count(found.length, 'action')}</span>
    </form>
    <${Why} error=${error} />
    ${all.length === 0 && !error ? html`<${Empty} title="Nothing has happened yet"><p>Spawn an agent, crash it, and read here what the supervisor did and why.</p></${Empty}>` : html`<section class="panel"><${ActionList} actions=${found.slice(0, 300)} /></section>`}`;
}
