// Amounts in whole cents, read as people type them and written as the page writes them.

const language = document.documentElement.lang.startsWith("en") ? "en-GB" : "fr-FR";
const written = new Intl.NumberFormat(language, { style: "currency", currency: "EUR" });

/** Cents of `1 234,56`, `12.5 €`; nothing for an empty text, NaN for what is no amount. */
export function cents(text: string): number | undefined {
  const plain = text.replace(/[\s\u00a0\u202f€]/g, "").replace(",", ".");
  if (plain === "") return undefined;
  return /^\d{1,9}(\.\d{0,2})?$/.test(plain) ? Math.round(Number(plain) * 100) : Number.NaN;
}

/** Cents as the page shows them. */
export function euros(amount: number): string {
  return written.format(amount / 100).replace("-", "\u2212");
}

/** Cents as a field holds them. */
export function field(amount: number): string {
  return (amount / 100).toFixed(2).replace(".", language === "fr-FR" ? "," : ".");
}
