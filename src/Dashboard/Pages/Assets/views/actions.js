// What the supervisor did, and why.
import { html, useEffect, useFleet, useMemo, useReducer, useSearch, useState, Command, Empty, Why } from '../ui.js';
import { get } from '../api.js';
import { clock, count } from '../format.js';
import { ActionList } from '../parts/actionlist.js';
import { ActionLog } from '../parts/actionlog.js';

const matches = (action, text) => !text || [action.agentId ?? 'all', action.action, action.reason, action.details, action.silo ?? ''].some((t) => t.toLowerCase().includes(text));

const shownAtOnce = 300;

const readPage = (cursor) => get(`actions?limit=1000${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);

/** Hears of every change itself: drawing may pause, as it does for hours behind another tab. */
function useLog(fleet) {
  const [, draw] = useReducer((n) => n + 1, 0);
  const log = useMemo(() => new ActionLog(readPage, draw), []);
  useEffect(() => {
    const hear = () => log.hear(fleet.actions, fleet.gaps);
    hear();
    const leave = fleet.subscribe(hear);
    return () => {
      leave();
      log.end();
    };
  }, [log]);
  return log;
}

export function ActionsView({ query: at }) {
  const fleet = useFleet(250);
  const query = at.get('q') ?? '';
  const [text, setText] = useSearch(query, (q) => `#/actions${q && `?q=${encodeURIComponent(q)}`}`);
  const [shown, show] = useState(shownAtOnce);
  const log = useLog(fleet);
  const sought = text.trim().toLowerCase();
  const found = useMemo(() => log.items.filter((a) => matches(a, sought)), [log.items, sought]);
  // Said for each search, not for each action that comes.
  const outcome = useMemo(() => (sought ? `${count(found.length, 'action')} found` : ''), [sought]);
  const isMore = found.length > shown || log.cursor;
  const older = () => {
    if (found.length < shown + shownAtOnce && log.cursor) log.older();
    show(shown + shownAtOnce);
  };
  return html`<div class="title"><h1>Actions</h1></div>
    <${Command} text="healing events -f" />
    <form class="search" role="search" onSubmit=${(e) => e.preventDefault()}>
      <label class="grow"><span class="hidden">Search actions</span><input type="search" value=${text} onInput=${(e) => setText(e.target.value)} placeholder="Search: an agent, failed, silo-lost, …" aria-describedby="found" /></label>
      <span id="found" class="soft">${count(found.length, 'action')}${log.cursor ? `, since ${clock(log.items.at(-1).at)}` : ''}</span>
      <span class="hidden" role="status">${outcome}</span>
    </form>
    <${Why} error=${log.error} />
    ${log.items.length === 0 && !log.error && !log.isAsking ? html`<${Empty} title="Nothing has happened yet"><p>Spawn an agent, crash it, and read here what the supervisor did and why.</p></${Empty}>` : html`<section class="panel"><${ActionList} actions=${found.slice(0, shown)} />
      ${isMore && html`<p><button type="button" onClick=${older} disabled=${log.isAsking}>${log.isAsking ? 'Asking …' : 'Older ones'}</button></p>`}</section>`}`;
}
