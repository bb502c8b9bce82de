// The shell of every page.

import "../styles/index.css";
import { bind } from "./binder";
import "./requests";
import "./dialogs";
import "./forms";
import { showShortcuts } from "./keys";
import "./search";
import "./status";
import "./toast";

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

document.addEventListener("click", (event) => {
  if (event.target instanceof Element && event.target.closest("[data-shortcuts]")) {
    event.preventDefault();
    showShortcuts();
  }
});

bind(document.body);
measureBanner();
