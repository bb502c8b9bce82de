// The patient's banner on a tablet: alerts on one line, the worst first; "+2 alerts" opens the rest. Without this script, and on
// a desk, everything stands there.

import { define } from "./binder";

const TABLET = "(max-width: 1100px)";
const TONES = ["danger", "watch", "info", "sound"];

define("banner", (banner) => {
  const list = banner.querySelector<HTMLElement>(".banner-alerts");
  const row = list?.parentElement;
  const more = banner.querySelector<HTMLButtonElement>(".banner-more");
  const facts = banner.querySelector<HTMLElement>(".banner-facts");
  const name = banner.querySelector<HTMLElement>(".banner-name");
  if (!list || !row || !more) return;
  const alerts = [...list.querySelectorAll<HTMLElement>("li")];
  const label = more.getAttribute("aria-label") ?? "";
  const tablet = window.matchMedia(TABLET);

  const counted = (number: number) =>
    (number === 1 ? more.dataset["one"] : more.dataset["many"])?.replace("{number}", String(number)) ?? `+${number}`;

  /** How many alerts stand on the line when so much of it is kept for the button. The first always does. */
  const fitting = (kept: number) => {
    const gap = parseFloat(getComputedStyle(list).columnGap) || 0;
    let used = 0;
    let count = 0;
    for (const alert of alerts) {
      used += alert.offsetWidth + (count ? gap : 0);
      if (count && used > row.clientWidth - kept) break;
      count += 1;
    }
    return count;
  };

  const fit = () => {
    const open = more.getAttribute("aria-expanded") === "true";
    for (const alert of alerts) alert.hidden = false;
    list.classList.remove("alone");
    banner.classList.toggle("condensed", tablet.matches && !open);
    more.hidden = !(tablet.matches && open);
    if (!tablet.matches || open) {
      more.className = "chip banner-more";
      more.textContent = more.dataset["fold"] ?? "";
      more.removeAttribute("aria-label");
      return;
    }
    let shown = fitting(0);
    if (shown < alerts.length) {
      more.hidden = false;
      more.textContent = counted(alerts.length);
      shown = fitting(more.offsetWidth + 8);
    }
    list.classList.toggle("alone", shown === 1);
    const left = alerts.slice(shown);
    for (const alert of left) alert.hidden = true;
    const words = alerts[0]?.firstElementChild;
    const cut =
      (facts ? facts.scrollHeight > facts.clientHeight + 4 : false) ||
      (name ? name.scrollWidth > name.clientWidth : false) ||
      (words ? words.scrollWidth > words.clientWidth : false);
    more.hidden = !left.length && !cut;
    more.textContent = left.length ? counted(left.length) : "…";
    more.className = `chip banner-more ${TONES.find((tone) => left.some((alert) => alert.classList.contains(tone))) ?? ""}`;
    more.setAttribute("aria-label", left.length ? `${counted(left.length)}. ${label}` : label);
  };

  const toggle = () => {
    more.setAttribute("aria-expanded", String(more.getAttribute("aria-expanded") !== "true"));
    fit();
  };

  more.addEventListener("click", toggle);
  window.addEventListener("resize", fit);
  void document.fonts.ready.then(fit);
  fit();
  return () => window.removeEventListener("resize", fit);
});
