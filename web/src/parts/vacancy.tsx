import { ago } from "../format";
import { words } from "../words";

type Occupancy = { vacant: number | null; capacity: number | null; level: string; fresh: boolean; observedAt: string | null };
type Props = { occupancy: Occupancy | null; capacity: number | null; by?: string | undefined };

/** How full it is, in words, with the age of the count, and by whom. Unknown is said, never guessed. */
export function Vacancy({ occupancy, capacity, by }: Props) {
  if (!occupancy) return <span class="vacancy">{capacity === null ? words.unknown : `${capacity} ${words.spaces}`}</span>;
  const { vacant, level, fresh, observedAt } = occupancy;
  const text =
    level === "CLOSED" ? words.closed
    : level === "FULL" || vacant === 0 ? words.full
    : vacant !== null ? words.vacant(vacant) + (occupancy.capacity === null ? "" : ` ${words.of(occupancy.capacity)}`)
    : level === "FEW" ? words.few
    : level === "VACANT" ? words.some
    : words.unknown;
  const age = observedAt ? words.counted(ago(observedAt), by) : "";
  return (
    <span class="vacancy" data-fresh={fresh}>
      {text}
      <small>{[fresh ? "" : level === "UNKNOWN" ? "" : words.old, age].filter(Boolean).join(", ")}</small>
    </span>
  );
}
