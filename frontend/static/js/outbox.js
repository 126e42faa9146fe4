// Commands that were not confirmed yet. Each is kept in IndexedDB before it is sent, and until the
// server has committed it; where there is no IndexedDB (some private windows), in localStorage.
import { seat } from "./page.js";

const NAME = "kinboard";
const STORE = "outbox";

const asked = (request) =>
  new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });

class Database {
  static async open() {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () =>
      request.result.createObjectStore(STORE, { keyPath: "id" }).createIndex("seat", "seat");
    const kept = new Database();
    kept.db = await asked(request);
    return kept;
  }

  #within(mode, work) {
    return new Promise((done, failed) => {
      const transaction = this.db.transaction(STORE, mode);
      const result = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => done(result?.result);
      transaction.onerror = transaction.onabort = () => failed(transaction.error);
    });
  }

  all() {
    return this.#within("readonly", (store) => store.index("seat").getAll(seat));
  }

  put(command) {
    return this.#within("readwrite", (store) => store.put(command));
  }

  remove(id) {
    return this.#within("readwrite", (store) => store.delete(id));
  }

  // Of every seat that this browser had.
  clear() {
    return this.#within("readwrite", (store) => store.clear());
  }
}

class Simple {
  #key = `${NAME}:${STORE}:${seat}`;
  #kept = [];

  constructor() {
    try {
      this.#kept = JSON.parse(localStorage.getItem(this.#key)) ?? [];
    } catch {
      // Not even that: what waits lives as long as the page.
    }
  }

  async all() {
    return this.#kept;
  }

  async put(command) {
    this.#save([...this.#kept, command]);
  }

  async remove(id) {
    this.#save(this.#kept.filter((command) => command.id !== id));
  }

  #save(kept) {
    this.#kept = kept;
    try {
      localStorage.setItem(this.#key, JSON.stringify(kept));
    } catch {
      // As above.
    }
  }
}

// Nothing of any meeting waits in this browser any more (localStorage: see leave.js).
export async function forgetAll() {
  const kept = await Database.open().catch(() => null);
  await kept?.clear().catch(() => {});
}

const NOWHERE = { all: async () => [], put: async () => {}, remove: async () => {} };

export class Outbox {
  #kept;
  #number = Date.now();
  // Not confirmed, oldest first: {id, seat, number, name, data}.
  waiting = [];

  static async open() {
    const outbox = new Outbox();
    outbox.#kept = await Database.open().catch(() => new Simple());
    outbox.waiting = (await outbox.#kept.all()).sort((one, other) => one.number - other.number);
    return outbox;
  }

  // Resolves once the command would survive a reload.
  async add(id, name, data) {
    const command = { id, seat, number: (this.#number += 1), name, data };
    this.waiting.push(command);
    await this.#kept.put(command).catch(() => {
      // The disk is full: it is still sent, and waits in this page.
    });
    return command;
  }

  // What comes now is not kept any more.
  close() {
    this.waiting = [];
    this.#kept = NOWHERE;
  }

  find(id) {
    return this.waiting.find((command) => command.id === id);
  }

  remove(id) {
    this.waiting = this.waiting.filter((command) => command.id !== id);
    this.#kept.remove(id).catch(() => {
      // It would be sent once more after a reload, and the server would know it.
    });
  }
}
