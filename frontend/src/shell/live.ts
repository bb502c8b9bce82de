// News of what others change: a part of a page follows its topics, and asks for itself again when one is told.

import type { Said } from "../live";
import { type Message, type State, Stream } from "../live/stream";

interface Follower {
  topics: ReadonlySet<string>;
  changed: () => void;
}

/** `none`: this page has no stream, and says nothing of one. */
export type LiveState = State | "none";

const followers = new Set<Follower>();
const watchers = new Set<(state: LiveState) => void>();
let state: LiveState = "none";

/** Call `changed` when one of the topics was told, or when nobody knows what was missed. */
export function follow(topics: Iterable<string>, changed: () => void): () => void {
  const follower = { topics: new Set(topics), changed };
  followers.add(follower);
  return () => followers.delete(follower);
}

/** Call `told` with the state of the stream, now and whenever it changes. */
export function watch(told: (state: LiveState) => void): () => void {
  watchers.add(told);
  told(state);
  return () => watchers.delete(told);
}

function hear(message: Message): void {
  if (message.kind === "state") {
    state = message.state;
    watchers.forEach((told) => told(state));
  } else {
    for (const follower of [...followers])
      if (message.kind === "resync" || follower.topics.has(message.topic)) follower.changed();
  }
}

/** How old what the page shows is: the server read it after it was asked. */
function age(): number {
  const [navigation] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  return Math.ceil(performance.now() - (navigation?.requestStart ?? 0));
}

interface Link {
  join: () => void;
  wake: () => void;
  leave: () => void;
}

function alone(address: string): Link {
  let stream: Stream | undefined;
  return {
    join: () => (stream ??= new Stream(address, hear, age())),
    wake: () => stream?.wake(),
    leave: () => {
      stream?.close();
      stream = undefined;
    },
  };
}

function shared(address: string, script: string, mark: string, failed: () => void): Link {
  const worker = new SharedWorker(script, { type: "module", name: "cuspide-live" });
  worker.onerror = failed;
  worker.port.onmessage = (event: MessageEvent<Message>) => hear(event.data);
  const say = (said: Said) => worker.port.postMessage(said);
  return {
    join: () => say({ kind: "join", address, mark, age: age() }),
    wake: () => say({ kind: "wake" }),
    leave: () => say({ kind: "leave" }),
  };
}

/** Open the page's end of the stream that an element names. */
export function listen(element: HTMLElement): void {
  const { live, worker, mark } = element.dataset;
  if (!live) return;
  let link: Link;
  const byItself = () => {
    link = alone(live);
    link.join();
  };
  if (worker && "SharedWorker" in window) {
    link = shared(live, worker, mark ?? "", byItself);
    link.join();
  } else byItself();
  // A page that is put away must not count as one that listens; one that is brought back knows nothing of since.
  window.addEventListener("pagehide", () => link.leave());
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) link.join();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") link.wake();
  });
  window.addEventListener("online", () => link.wake());
}
