// Which acts, which third-party payment: who bears what, and what the patient pays.

import { define } from "../shell/binder";
import { cents, euros } from "./euros";

const SHARES = ["amo", "amc", "patient"] as const;
// B2, destinataire du règlement: 00 none, 05 AMO, 15 both, 25 AMC.
const PAID_TO_US: Record<string, readonly string[]> = { "00": [], "05": ["amo"], "15": ["amo", "amc"], "25": ["amc"] };

define("shares", (form) => {
  const write = (selector: string, amount: number) => {
    const place = form.querySelector(selector);
    if (place) place.textContent = euros(amount);
  };
  const work = () => {
    const sums = { amo: 0, amc: 0, patient: 0 };
    const acts = [...form.querySelectorAll<HTMLInputElement>("input[name=acts]:checked")];
    for (const act of acts) for (const share of SHARES) sums[share] += cents(act.dataset[share] ?? "") ?? 0;
    const fee = sums.amo + sums.amc + sums.patient;
    const mode = form.querySelector<HTMLInputElement>("input[name=third_party]:checked")?.value ?? "00";
    const direct = PAID_TO_US[mode] ?? [];
    const amo = direct.includes("amo") ? sums.amo : 0;
    const amc = direct.includes("amc") ? sums.amc : 0;
    write("[data-sum=fee]", fee);
    for (const share of SHARES) write(`[data-sum=${share}]`, sums[share]);
    write("[data-due=patient]", fee - amo - amc);
    write("[data-due=amo]", amo);
    write("[data-due=amc]", amc);
    form.querySelectorAll<HTMLButtonElement>(".form-actions button").forEach((button) => {
      button.disabled = acts.length === 0;
      // Nothing to take when others pay everything.
      if (button.value === "pay") button.hidden = acts.length > 0 && fee - amo - amc === 0;
      if (button.value === "show") button.classList.toggle("primary", button.previousElementSibling?.matches(".primary[hidden]") ?? button.matches(".primary"));
    });
  };
  form.addEventListener("change", work);
  work();
  return () => form.removeEventListener("change", work);
});
