// The action log as far as it was read: newest first, each action once, without a hole. What happens is told by the live stream;
// where that told not all, the log is read down to what was known before.

const most = 5000; // Kept without having been asked for.
const pagesAtOnce = 5;
const againMs = 5000;

/** Where an action is, or would be, in a list that is newest first. Ids sort by time. */
function placeOf(list, id) {
  let [from, to] = [0, list.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (list[middle].id > id) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** Both together; the same list when nothing of the second is new. */
export function merge(list, others) {
  const news = others.filter((a) => list[placeOf(list, a.id)]?.id !== a.id).sort((a, b) => (a.id < b.id ? 1 : -1));
  if (news.length === 0) return list;
  if (list.length === 0 || news.at(-1).id > list[0].id) return news.concat(list);
  const all = [];
  let i = 0;
  for (const action of news) {
    while (i < list.length && list[i].id > action.id) all.push(list[i++]);
    all.push(action);
  }
  return all.concat(list.slice(i));
}

export class ActionLog {
  items = [];
  cursor = null; // Where older ones begin; null when there are none, as far as is known.
  error = null;
  #readPage;
  #changed;
  #most = most;
  #asking = 0;
  #turn = Promise.resolve();
  #gaps = -1; // As the live stream counts them.
  #filled = -1; // The gaps that were read over.
  #known = ''; // Up to this id nothing is missing.
  #heard = null;
  #again = 0;
  #isOver = false;

  constructor(readPage, changed) {
    this.#readPage = readPage;
    this.#changed = changed;
  }

  get isAsking() {
    return this.#asking > 0 || (this.#filled < 0 && !this.error);
  }

  /** What the live stream told of late, and how often it told not all. */
  hear(actions, gaps) {
    const isGap = this.#gaps !== gaps;
    if (this.#heard === actions && !isGap) return;
    this.#heard = actions;
    this.#gaps = gaps;
    this.items = merge(this.items, actions);
    this.#advance();
    if (isGap) this.#fill();
    if (this.items.length > this.#most && this.#asking === 0) {
      this.items = this.items.slice(0, this.#most);
      this.cursor = this.items.at(-1).id;
    }
  }

  /** Reads what the live stream did not tell. */
  #fill() {
    return this.#ask(async () => {
      clearTimeout(this.#again);
      const gaps = this.#gaps;
      if (this.#filled === gaps || this.#isOver) return;
      let read = [];
      let cursor = null;
      let isJoined = false;
      for (let page = 0; page < (this.#known ? pagesAtOnce : 1) && !isJoined && (page === 0 || cursor); page++) {
        const { items, nextCursor } = await this.#readPage(cursor);
        read = read.concat(items);
        cursor = nextCursor ?? null;
        isJoined = this.#known !== '' && read.at(-1)?.id <= this.#known;
      }
      if (isJoined) {
        this.items = merge(this.items, read);
      } else {
        // What is older than these is not next to them, and is read again when somebody asks for it.
        const end = read.at(-1)?.id ?? '';
        this.items = merge(this.items.filter((a) => a.id >= end), read);
        this.cursor = cursor;
        this.#most = most;
      }
      this.#known = read[0]?.id ?? '';
      this.#filled = gaps;
      this.#advance();
    }, () => {
      if (!this.#isOver) this.#again = setTimeout(() => this.#fill(), againMs);
    });
  }

  /** Reads a page of what is older. */
  older() {
    return this.#ask(async () => {
      if (!this.cursor) return;
      const before = this.items.length;
      const { items, nextCursor } = await this.#readPage(this.cursor);
      this.items = merge(this.items, items);
      this.cursor = nextCursor ?? null;
      this.#most += this.items.length - before;
    });
  }

  end() {
    this.#isOver = true;
    clearTimeout(this.#again);
  }

  #advance() {
    if (this.#filled === this.#gaps) this.#known = this.items[0]?.id ?? '';
  }

  /** One after the other, since each begins where the one before ended. */
  #ask(job, failed = () => {}) {
    this.#asking++;
    this.#turn = this.#turn.then(async () => {
      try {
        await job();
        this.error = null;
      } catch (error) {
        this.error = error;
        failed();
      }
      this.#asking--;
      if (!this.#isOver) this.#changed();
    });
    return this.#turn;
  }
}
