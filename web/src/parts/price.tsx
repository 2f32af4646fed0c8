import { money } from "../format";
import { words } from "../words";

type Priced = { status: string; total: { amount: string; currency: string } | null } | null;

export function Price({ offer }: { offer: Priced }) {
  if (offer?.status === "FREE") return <strong class="price">{words.free}</strong>;
  if (offer?.total) return <strong class="price">{money(offer.total)}</strong>;
  return <span class="price unknown">{words.noPrice}</span>;
}
