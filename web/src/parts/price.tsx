import { isOver } from "../clock";
import { money } from "../format";
import { words } from "../words";

type Priced = { status: string; validUntil: string | null; total: { amount: string; currency: string } | null } | null;

export function Price({ offer }: { offer: Priced }) {
  if (offer && isOver(offer.validUntil)) return <span class="price unknown">{words.over}</span>;
  if (offer?.status === "FREE") return <strong class="price">{words.free}</strong>;
  if (offer?.total) return <strong class="price">{money(offer.total)}</strong>;
  return <span class="price unknown">{words.noPrice}</span>;
}
