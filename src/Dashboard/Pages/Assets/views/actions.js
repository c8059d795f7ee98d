// What the supervisor did, and why.
import { html, useEffect, useFleet, useRef, useState, Command, Empty, Why } from '../ui.js';
import { get } from '../api.js';
import { clock, count } from '../format.js';
import { ActionList } from '../parts/actionlist.js';

const matches = (action, text) => !text || [action.agentId ?? 'all', action.action, action.reason, action.details, action.silo ?? ''].some((t) => t.toLowerCase().includes(text));

const shownAtOnce = 300;

/** The log as far back as it was asked for, a page at a time, and what happened since. */
function useLog(news) {
  const known = useRef(new Map()).current;
  const [state, set] = useState({ cursor: null, isAsking: true, error: null });
  const keep = (actions) => actions.forEach((action) => known.set(action.id, action));
  const read = async (cursor) => {
    set((before) => ({ ...before, isAsking: true }));
    try {
      const { items, nextCursor } = await get(`actions?limit=1000${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);
      keep(items);
      set({ cursor: nextCursor, isAsking: false, error: null });
    } catch (error) {
      set({ cursor, isAsking: false, error });
    }
  };
  useEffect(() => {
    read(null);
  }, []);
  keep(news);
  return { ...state, items: [...known.values()].sort((a, b) => (a.id < b.id ? 1 : -1)), older: () => read(state.cursor) };
}

export function ActionsView({ query }) {
  const fleet = useFleet(250);
  const [text, setText] = useState(query.get('q') ?? '');
  const [shown, show] = useState(shownAtOnce);
  const log = useLog(fleet.actions);
  useEffect(() => {
    const timer = setTimeout(() => history.replaceState(null, '', `#/actions${text ? `?q=${encodeURIComponent(text)}` : ''}`), 300);
    return () => clearTimeout(timer);
  }, [text]);
  const found = log.items.filter((a) => matches(a, text.trim().toLowerCase()));
  const isMore = found.length > shown || log.cursor;
  const older = () => {
    if (found.length < shown + shownAtOnce && log.cursor) log.older();
    show(shown + shownAtOnce);
  };
  return html`<div class="title"><h1>Actions</h1></div>
    <${Command} text="healing events -f" />
    <form class="search" role="search" onSubmit=${(e) => e.preventDefault()}>
      <label class="grow"><span class="hidden">Search actions</span><input type="search" value=${text} onInput=${(e) => setText(e.target.value)} placeholder="Search: an agent, failed, silo-lost, …" /></label>
      <span class="soft" role="status">${count(found.length, 'action')}${log.cursor ? `, since ${clock(log.items.at(-1).at)}` : ''}</span>
    </form>
    <${Why} error=${log.error} />
    ${log.items.length === 0 && !log.error ? html`<${Empty} title="Nothing has happened yet"><p>Spawn an agent, crash it, and read here what the supervisor did and why.</p></${Empty}>` : html`<section class="panel"><${ActionList} actions=${found.slice(0, shown)} />
      ${isMore && html`<p><button type="button" onClick=${older} disabled=${log.isAsking}>${log.isAsking ? 'Asking …' : 'Older ones'}</button></p>`}</section>`}`;
}
