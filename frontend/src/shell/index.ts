// The shell of every page.

import "../styles/index.css";
import { bind } from "./binder";
import "./banner";
import "./requests";
import "./dialogs";
import "./forms";
import "./lock";
import "./passkey";
import { showShortcuts } from "./keys";
import "./search";
import "./status";
import "./toast";
import "./typed";

document.documentElement.classList.add("scripted");

/** The banner's height, so that what sticks under it knows where. */
function measureBanner(): void {
  const banner = document.querySelector<HTMLElement>(".banner");
  if (!banner) return;
  const measure = () => {
    const sticky = getComputedStyle(banner).position === "sticky";
    document.documentElement.style.setProperty("--banner-height", sticky ? `${banner.offsetHeight}px` : "0px");
  };
  new ResizeObserver(measure).observe(banner);
  measure();
}

/** What scrolls must be reached by the keyboard too. */
function reachScrolling(): void {
  for (const box of document.querySelectorAll<HTMLElement>(".table-wrap, .scroll, .agenda-scroll")) {
    const scrolls = box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1;
    if (scrolls && getComputedStyle(box).overflow !== "visible") box.tabIndex = 0;
    else if (box.tabIndex === 0) box.removeAttribute("tabindex");
  }
}

document.addEventListener("click", (event) => {
  if (event.target instanceof Element && event.target.closest("[data-shortcuts]")) {
    event.preventDefault();
    showShortcuts();
  }
  if (event.target instanceof Element && event.target.closest("[data-print]")) window.print();
});

/** Tabs that do not all fit: the one being read is in sight. */
function showTab(): void {
  for (const tab of document.querySelectorAll<HTMLElement>(".tabs > [aria-current=page]")) {
    const tabs = tab.parentElement;
    if (tabs && tabs.scrollWidth > tabs.clientWidth) tabs.scrollLeft = tab.offsetLeft + tab.offsetWidth - tabs.clientWidth + 24;
  }
}

/** Where the page begins has the keyboard before the page is whole: the browser waits for its next picture, and a key
 * typed ahead would go nowhere. */
function focusFirst(): void {
  if (document.activeElement === document.body) document.querySelector<HTMLElement>("[autofocus]")?.focus();
}

bind(document.body);
focusFirst();
measureBanner();
showTab();
reachScrolling();
window.addEventListener("resize", reachScrolling);
document.addEventListener("htmx:afterSettle", reachScrolling);
