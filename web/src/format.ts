// Money, lengths and times as the person's locale writes them. Amounts stay decimal strings until they are written.
import { locale } from "./words";

type Money = { amount: string; currency: string };

export function money({ amount, currency }: Money): string {
  // Intl takes a decimal string as it is, digit for digit; its type does not know yet.
  return new Intl.NumberFormat(locale, { style: "currency", currency }).format(amount as unknown as number);
}

export function distance(metres: number): string {
  const [value, unit] = metres < 950 ? [Math.round(metres / 10) * 10, "meter"] : [metres / 1000, "kilometer"];
  return new Intl.NumberFormat(locale, { style: "unit", unit, maximumFractionDigits: 1 }).format(value);
}

export function metres(centimetres: number): string {
  return new Intl.NumberFormat(locale, { minimumFractionDigits: 2 }).format(centimetres / 100);
}

export function time(instant: string): string {
  return new Intl.DateTimeFormat(locale, { weekday: "short", hour: "2-digit", minute: "2-digit" }).format(new Date(instant));
}

export function ago(instant: string, now = Date.now()): string {
  const minutes = Math.round((new Date(instant).getTime() - now) / 60_000);
  const format = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  if (Math.abs(minutes) < 60) return format.format(minutes, "minute");
  if (Math.abs(minutes) < 48 * 60) return format.format(Math.round(minutes / 60), "hour");
  return format.format(Math.round(minutes / 60 / 24), "day");
}

/** For an input of type datetime-local, on the clock of this device. */
export function toInput(date: Date): string {
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}
