// What all views are made of. Whatever comes from the fleet is written as text, never as HTML.
import { html, useEffect, useReducer, useRef, useState } from './vendor/htm-preact.js';
import { fleet } from './fleet.js';
import { statusWord } from './format.js';

export * from './vendor/htm-preact.js';

const signs = {
  healthy: '●', starting: '◔', restarting: '↻', 'backing-off': '◷', stale: '▲', quarantined: '✖', paused: '‖', stopped: '■', completed: '✔',
  active: '●', draining: '◔', drained: '‖', joining: '◔', dead: '✖',
};

/** Draws again when the fleet changed, at most every so many ms. */
export function useFleet(every = 250) {
  const [, draw] = useReducer((n) => n + 1, 0);
  useEffect(() => {
    let timer = 0;
    let drawnAt = 0;
    const later = () => {
      if (timer) return;
      timer = setTimeout(() => {
        timer = 0;
        drawnAt = performance.now();
        draw();
      }, Math.max(0, every - (performance.now() - drawnAt)));
    };
    const leave = fleet.subscribe(later);
    return () => {
      leave();
      clearTimeout(timer);
    };
  }, [every]);
  return fleet;
}

/** Draws again every so many ms. */
export function useTick(every) {
  const [, draw] = useReducer((n) => n + 1, 0);
  useEffect(() => {
    const timer = setInterval(draw, every);
    return () => clearInterval(timer);
  }, [every]);
}

/**
 * Asks the API. For another identity it begins with nothing; when the trigger changes, and every so many ms if that is given, it
 * asks again and keeps what was answered until then.
 */
export function useAsked(ask, identity, { trigger, every } = {}) {
  const [state, set] = useState({});
  useEffect(() => {
    let isOver = false;
    let timer = 0;
    const look = async () => {
      try {
        const answer = await ask();
        if (!isOver) set({ identity, answer });
      } catch (error) {
        if (!isOver) set((before) => ({ identity, answer: before.identity === identity ? before.answer : undefined, error }));
      }
      if (!isOver && every) timer = setTimeout(look, every);
    };
    look();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [identity, trigger]);
  return state.identity === identity ? state : {};
}

/** The text of a search. It stands in the address a moment after the last key, and follows the address when that changes otherwise. */
export function useSearch(query, addressOf) {
  const [text, setText] = useState(query);
  const written = useRef(query);
  useEffect(() => {
    // What was written from here may be older than what is typed by now.
    if (query !== written.current) setText(query);
    written.current = query;
  }, [query]);
  useEffect(() => {
    if (text === query) return undefined;
    const timer = setTimeout(() => {
      written.current = text;
      history.replaceState(null, '', addressOf(text));
      dispatchEvent(new HashChangeEvent('hashchange'));
    }, 200);
    return () => clearTimeout(timer);
  }, [text]);
  return [text, setText];
}

const probe = document.createElement('span');
probe.hidden = true;

/** A colour of the style sheet as a canvas takes it, light or dark as the reader has it. */
export function colour(name) {
  if (!probe.isConnected) document.body.append(probe);
  probe.style.color = `var(${name})`;
  return getComputedStyle(probe).color;
}

export const Status = ({ of: status }) => html`<span class=${`status s-${status}`}><span aria-hidden="true">${signs[status] ?? '○'}</span> ${statusWord(status)}</span>`;

/** What may be wider than its place, such as a table; to be moved by keyboard as well. */
export const Scroll = ({ name, children }) => html`<div class="scroll" tabindex="0" role="region" aria-label=${name}>${children}</div>`;

export const Empty = ({ title, children }) => html`<div class="empty"><p class="title">${title}</p>${children}</div>`;

export const Why = ({ error }) => error && html`<p class="fault" role="alert">${error.message}</p>`;

/** A command as it is typed in a terminal, to be taken along. Over plain http from another machine browsers have no clipboard. */
export function Command({ text }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
    } catch (error) {
      say(`Not copied: ${error.message}`, true);
      return;
    }
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  return html`<span class="command"><code>${text}</code>${navigator.clipboard && html`<button type="button" class="quiet" onClick=${copy} aria-label=${`Copy: ${text}`}>${isCopied ? 'Copied' : 'Copy'}</button>`}</span>`;
}

const toasts = { items: [], listeners: new Set() };

/** Tells the outcome of something that was ordered. */
export function say(text, isBad = false) {
  const item = { text, isBad };
  toasts.items = [...toasts.items.slice(-3), item];
  toasts.listeners.forEach((listener) => listener());
  setTimeout(() => {
    toasts.items = toasts.items.filter((i) => i !== item);
    toasts.listeners.forEach((listener) => listener());
  }, isBad ? 10000 : 5000);
}

export function Toasts() {
  const [, draw] = useReducer((n) => n + 1, 0);
  useEffect(() => {
    toasts.listeners.add(draw);
    return () => toasts.listeners.delete(draw);
  }, []);
  return html`<div class="toasts" role="status" aria-live="polite">${toasts.items.map((item) => html`<p class=${item.isBad ? 'toast bad' : 'toast'}>${item.text}</p>`)}</div>`;
}

const questions = { current: null, listener: null };

/** Asks before something is done. Resolves to the values of the fields, or null. */
export function ask(question) {
  return new Promise((resolve) => {
    questions.current = { ...question, resolve };
    questions.listener?.();
  });
}

export function Dialog() {
  const [, draw] = useReducer((n) => n + 1, 0);
  const element = useRef(null);
  useEffect(() => {
    questions.listener = draw;
  }, []);
  const question = questions.current;
  useEffect(() => {
    if (question && element.current && !element.current.open) element.current.showModal();
  });
  if (!question) return null;
  const end = (values) => {
    element.current?.close(); // Which gives the focus back to where it came from.
    questions.current = null;
    question.resolve(values);
    draw();
  };
  const submit = (event) => {
    event.preventDefault();
    end(Object.fromEntries(new FormData(event.target)));
  };
  return html`<dialog ref=${element} onCancel=${(e) => { e.preventDefault(); end(null); }} aria-labelledby="question">
    <form onSubmit=${submit}>
      <h2 id="question">${question.title}</h2>
      ${question.text && html`<p>${question.text}</p>`}
      ${(question.fields ?? []).map((field) => html`<label>${field.label}
        ${field.choices
          ? html`<select name=${field.name}>${field.choices.map((c) => html`<option value=${c.value}>${c.label}</option>`)}</select>`
          : html`<input name=${field.name} placeholder=${field.hint ?? ''} autocomplete="off" />`}</label>`)}
      <menu><button type="button" onClick=${() => end(null)}>Leave it</button><button class=${question.isGrave ? 'grave' : 'main'}>${question.yes}</button></menu>
    </form>
  </dialog>`;
}
