import { ago } from "../format";
import { words } from "../words";

type Occupancy = { vacant: number | null; level: string; fresh: boolean; observedAt: string | null };

/** How full it is, in words, with the age of the count. Unknown is said, never guessed. */
export function Vacancy({ occupancy, capacity }: { occupancy: Occupancy | null; capacity: number | null }) {
  const room = capacity === null ? "" : ` ${words.of(capacity)}`;
  if (!occupancy) return <span class="vacancy">{capacity === null ? words.unknown : `${capacity} ${words.spaces}`}</span>;
  const { vacant, level, fresh, observedAt } = occupancy;
  const text =
    level === "CLOSED" ? words.closed
    : level === "FULL" || vacant === 0 ? words.full
    : vacant !== null ? words.vacant(vacant) + room
    : level === "FEW" ? words.few
    : level === "VACANT" ? words.some
    : words.unknown;
  const age = observedAt ? words.counted(ago(observedAt)) : "";
  return (
    <span class="vacancy" data-fresh={fresh}>
      {text}
      <small>{[fresh ? "" : level === "UNKNOWN" ? "" : words.old, age].filter(Boolean).join(", ")}</small>
    </span>
  );
}
