import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

import { money, time } from "../format";
import { type Stay, stays } from "../stays";
import { words } from "../words";

/** As long as a barrier takes, and a driver looks at it. */
const OPENING_MS = 60_000;

/** What the gate does for me at this moment; nothing where it does nothing. */
export function AtTheGate() {
  const [latest] = stays.value;
  const since = latest && (latest.leftAt ?? latest.enteredAt);
  const now = useSignal(Date.now());
  const isOpening = since !== undefined && now.value - new Date(since).getTime() < OPENING_MS;
  useEffect(() => {
    now.value = Date.now();
    const over = setTimeout(() => (now.value = Date.now()), OPENING_MS);
    return () => clearTimeout(over);
  }, [since]);
  return <div role="status">{latest && isOpening && <p class="gate">{sayGate(latest)}</p>}</div>;
}

function sayGate({ status, plate, leftAt, total }: Stay): string {
  if (status !== "OPEN") return words.gateOut(plate ?? "", total ? money(total) : null);
  return leftAt ? "" : words.gateIn(plate ?? "");
}

export function Stays() {
  if (stays.value.length === 0) return null;
  return (
    <section>
      <h3>{words.stays}</h3>
      {stays.value.map((stay) => (
        <div key={stay.id} class="offer">
          <p class="head">
            <span>{stay.plate}</span>
            {stay.total && <strong>{money(stay.total)}</strong>}
          </p>
          <p>{time(stay.enteredAt)} – {stay.leftAt ? time(stay.leftAt) : words.stayStatus[stay.status]}</p>
        </div>
      ))}
    </section>
  );
}
