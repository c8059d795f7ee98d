// What is known of the fleet, and who wants to know of changes.
import { searchText } from './query.js';

const actionsKept = 200;
const staleAfter = 5000;

class Fleet {
  tiles = []; // By index; holes where nobody is.
  byId = new Map();
  fresh = new Uint8Array(0);
  overview = null;
  silos = [];
  actions = []; // Newest first.
  gaps = 0; // How often there may have been more actions than were told.
  rate = null; // Beats a second.
  isWhole = false;
  version = 0;
  why = '';
  session = null;
  #state = 'connecting';
  #heardAt = 0;
  #skew = 0;
  #beats = null;
  #listeners = new Set();

  constructor() {
    setInterval(() => this.#tell(), 1000); // Ages grow also when nothing is heard.
  }

  /** connecting, live, reconnecting or stale. */
  get state() {
    return this.#state === 'live' && performance.now() - this.#heardAt > staleAfter ? 'stale' : this.#state;
  }

  /** The store's time, ms. */
  get now() {
    return Date.now() + this.#skew;
  }

  get isSignedOut() {
    return this.session?.required === true && !this.session.signedIn;
  }

  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  apply(change, isSnapshot) {
    if (isSnapshot) this.#forgetAgents();
    if (isSnapshot || change.moreActions) this.gaps++;
    for (const index of change.removed ?? []) this.#remove(index);
    for (const tile of change.agents ?? []) {
      tile.search = searchText(tile);
      this.#remove(tile.i);
      this.tiles[tile.i] = tile;
      this.byId.set(tile.id, tile);
    }
    if (change.fresh) this.fresh = Uint8Array.from(atob(change.fresh), (c) => c.charCodeAt(0));
    if (change.overview) this.#measure(change.overview, Date.parse(change.at));
    if (change.silos) this.silos = change.silos;
    if (change.actions) this.actions = [...change.actions].reverse().concat(this.actions).slice(0, actionsKept);
    if (change.agents || change.removed || isSnapshot) this.version++;
    this.isWhole = change.isWhole || (this.isWhole && !isSnapshot);
    this.#skew = Date.parse(change.at) - Date.now();
    this.#heardAt = performance.now();
    this.#set('live', '');
  }

  growOld(why) {
    this.#heardAt = performance.now();
    this.#set('stale', why);
  }

  disconnected() {
    this.#set(this.#state === 'connecting' ? 'connecting' : 'reconnecting', 'This silo does not answer.');
  }

  /** The silo answers, but not with the fleet. */
  refused(why) {
    this.#set(this.#state === 'connecting' ? 'connecting' : 'stale', why);
  }

  /** Forgets the fleet, which is not for whoever comes next. */
  signedOut() {
    this.session = { ...this.session, required: true, signedIn: false };
    this.#forget();
  }

  setSession(session) {
    this.session = session;
    this.#tell();
  }

  async whenSignedIn() {
    while (this.isSignedOut) {
      await new Promise((resolve) => {
        const leave = this.subscribe(() => resolve(leave()));
      });
    }
  }

  #forgetAgents() {
    this.tiles = [];
    this.byId.clear();
    this.actions = [];
  }

  #forget() {
    this.#forgetAgents();
    this.fresh = new Uint8Array(0);
    this.overview = null;
    this.silos = [];
    this.rate = null;
    this.#beats = null;
    this.isWhole = false;
    this.version++;
    this.#set('connecting', '');
  }

  #remove(index) {
    const before = this.tiles[index];
    if (before) {
      this.byId.delete(before.id);
      delete this.tiles[index];
    }
  }

  #measure(overview, at) {
    if (this.#beats && at - this.#beats.at >= 900) {
      const rate = Math.max(0, (overview.beats - this.#beats.count) * 1000 / (at - this.#beats.at));
      this.rate = this.rate === null ? rate : this.rate * 0.7 + rate * 0.3;
    }
    if (!this.#beats || at - this.#beats.at >= 900) this.#beats = { at, count: overview.beats };
    this.overview = overview;
  }

  #set(state, why) {
    this.#state = state;
    this.why = why;
    this.#tell();
  }

  #tell() {
    for (const listener of this.#listeners) listener();
  }
}

export const fleet = new Fleet();
