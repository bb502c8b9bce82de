// The shared worker: all pages of a browser listen by one stream.

import { type Message, Stream } from "./stream";

/** What a page says: it comes with the age of its content in milliseconds, it is looked at again, it goes. */
export type Said = { kind: "join"; address: string; mark: string; age: number } | { kind: "wake" } | { kind: "leave" };

interface SharedWorkerScope {
  onconnect: ((event: MessageEvent) => void) | null;
}

const pages = new Set<MessagePort>();
let stream: Stream | undefined;
let mark = "";

function tellAll(message: Message): void {
  for (const page of pages) page.postMessage(message);
}

function hear(page: MessagePort, said: Said): void {
  if (said.kind === "wake") stream?.wake();
  else if (said.kind === "leave") {
    pages.delete(page);
    if (!pages.size) {
      stream?.close();
      stream = undefined;
    }
  } else {
    pages.add(page);
    if (stream && mark !== said.mark) {
      // Another session: what the one before was told is nothing to it.
      stream.close();
      stream = undefined;
    }
    mark = said.mark;
    if (stream) stream.join(said.age, (message) => page.postMessage(message));
    else stream = new Stream(said.address, tellAll, said.age);
  }
}

(self as unknown as SharedWorkerScope).onconnect = (event) => {
  const page = event.ports[0];
  if (page) page.onmessage = (message: MessageEvent<Said>) => hear(page, message.data);
};
