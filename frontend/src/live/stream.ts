// One stream of news from the program: opened, kept, opened again with ever longer pauses when it breaks.

/** `connecting`: for the first time. `lost`: it broke or was refused and is tried again. `ended`: nobody is signed in. */
export type State = "connecting" | "open" | "lost" | "ended";

export type Message = { kind: "state"; state: State } | { kind: "news"; topic: string } | { kind: "resync" };

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
// The program gives a sign of life every 15 s.
const SILENCE_MS = 40_000;
const REMEMBERED = 500;

export class Stream {
  private state: State = "connecting";
  /** Since when nothing was missed, in the time of `performance.now()`. */
  private whole: number;
  private heardAt: number;
  private failures = 0;
  private timer = 0;
  private silence = 0;
  private request: AbortController | undefined;
  private readonly told: { at: number; topic: string }[] = [];

  constructor(
    private readonly address: string,
    private readonly tell: (message: Message) => void,
    age: number,
  ) {
    this.heardAt = this.whole = performance.now() - age;
    void this.connect();
  }

  /** A page comes to it whose content is so old: it is told what it missed since. */
  join(age: number, tell: (message: Message) => void): void {
    tell({ kind: "state", state: this.state });
    const since = performance.now() - age;
    if (this.state === "ended") this.again(0);
    else if (this.state !== "open") this.heardAt = Math.min(this.heardAt, since);
    else if (since < this.whole) tell({ kind: "resync" });
    else for (const one of this.told) if (one.at >= since) tell({ kind: "news", topic: one.topic });
  }

  /** Somebody looks at a page again: no time for long pauses. */
  wake(): void {
    if (this.state !== "lost") return;
    this.failures = 0;
    this.again(0);
  }

  close(): void {
    clearTimeout(this.timer);
    clearTimeout(this.silence);
    this.timer = -1;
    this.request?.abort();
  }

  private turn(state: State): void {
    if (state === this.state) return;
    this.state = state;
    this.tell({ kind: "state", state });
  }

  private again(pause: number): void {
    if (this.timer === -1) return;
    clearTimeout(this.timer);
    // Chance keeps all the browsers of a practice from coming back in the same moment.
    this.timer = Number(setTimeout(() => void this.connect(), pause * (0.5 + Math.random())));
  }

  private listen(): void {
    clearTimeout(this.silence);
    this.silence = Number(setTimeout(() => this.request?.abort(), SILENCE_MS));
  }

  private async connect(): Promise<void> {
    this.request?.abort();
    const request = (this.request = new AbortController());
    let pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.failures++);
    const age = Math.ceil(performance.now() - this.heardAt);
    try {
      this.listen();
      const answer = await fetch(`${this.address}?age=${age}`, { credentials: "include", cache: "no-store", signal: request.signal });
      if (answer.status === 401) {
        this.turn("ended");
        return;
      }
      pause = Math.max(pause, 1000 * Number(answer.headers.get("Retry-After") ?? 0));
      if (answer.ok && answer.body) {
        const asked = performance.now() - age;
        if (this.state !== "open") this.whole = asked;
        await this.read(answer.body);
        pause = FIRST_PAUSE_MS;
      }
    } catch {
      // It broke: tried again below.
    } finally {
      clearTimeout(this.silence);
    }
    if (this.request !== request || this.timer === -1) return;
    this.turn("lost");
    this.again(pause);
  }

  private async read(body: ReadableStream<Uint8Array>): Promise<void> {
    const reader = body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>).getReader();
    let text = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      this.listen();
      this.heardAt = performance.now();
      text += value;
      const events = text.split("\n\n");
      text = events.pop() ?? "";
      for (const event of events) this.hear(/^event: (\S*)\ndata: ?(.*)$/.exec(event));
    }
  }

  private hear(event: RegExpExecArray | null): void {
    const [, name, data] = event ?? [];
    if (name === "open") {
      this.failures = 0;
      this.turn("open");
    } else if (name === "news" && data) {
      this.told.push({ at: performance.now(), topic: data });
      if (this.told.length > REMEMBERED) this.whole = this.told.shift()?.at ?? this.whole;
      this.tell({ kind: "news", topic: data });
    } else if (name === "resync") {
      this.whole = performance.now();
      this.tell({ kind: "resync" });
    }
  }
}
