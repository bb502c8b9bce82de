// When somebody last touched this browser, in any of its tabs: what keeps a workstation open.

const EVENTS = ["keydown", "pointerdown", "pointermove", "wheel", "touchstart", "input"] as const;
const TOLD_EVERY_MS = 3_000;

let steady = performance.now();
let wall = Date.now();
let told = 0;
const others = typeof BroadcastChannel === "undefined" ? undefined : new BroadcastChannel("cuspide-attention");

function touched(): void {
  steady = performance.now();
  wall = Date.now();
}

for (const event of EVENTS) {
  window.addEventListener(
    event,
    () => {
      touched();
      if (steady - told < TOLD_EVERY_MS) return;
      told = steady;
      others?.postMessage("touched");
    },
    { capture: true, passive: true },
  );
}
others?.addEventListener("message", touched);

/** Milliseconds since then. A clock that was moved, or a machine that slept, makes it longer and never shorter. */
export function idle(): number {
  return Math.max(performance.now() - steady, Date.now() - wall);
}
