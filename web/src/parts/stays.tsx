import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

import { money, time } from "../format";
import { type Passage, type Stay, passage, stays } from "../stays";
import { words } from "../words";

/** As long as a barrier takes, and a driver looks at it; a person takes longer. */
const SHOWN_MS = { opens: 60_000, waits: 300_000 };

/** What the gate does for me at this moment; nothing where it does nothing. */
export function AtTheGate() {
  const now = useSignal(Date.now());
  const said = sayGate(stays.value[0], passage.value);
  useEffect(() => {
    now.value = Date.now();
    const over = said && setTimeout(() => (now.value = Date.now()), said.until - Date.now());
    return () => void (over && clearTimeout(over));
  }, [said?.until]);
  return <div role="status">{said && now.value < said.until && <p class="gate">{said.text}</p>}</div>;
}

/** A gate that opened last says so; one that did not says that somebody comes. */
function sayGate(stay: Stay | undefined, waiting: Passage | null): { text: string; until: number } | null {
  const opened = stay ? new Date(stay.leftAt ?? stay.enteredAt).getTime() : 0;
  const decided = waiting ? new Date(waiting.at).getTime() : 0;
  if (waiting && waiting.decision !== "OPEN" && decided > opened) {
    return { text: waiting.decision === "ASSIST" ? words.gateWait : words.gateNo, until: decided + SHOWN_MS.waits };
  }
  return stay ? { text: sayOpening(stay), until: opened + SHOWN_MS.opens } : null;
}

function sayOpening({ status, plate, total }: Stay): string {
  if (status === "OPEN") return words.gateIn(plate ?? "");
  return words.gateOut(plate ?? "", total ? money(total) : null);
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
