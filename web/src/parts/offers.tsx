import { money, time } from "../format";
import { stay } from "../state";
import { words } from "../words";
import { Booking } from "./booking";
import { Price } from "./price";
import type { Place } from "./sheet";

type Offer = Place["offers"][number];

/** What the stay costs at every network, the cheapest first, each line by line. */
export function Offers({ offers }: { offers: Offer[] }) {
  return (
    <section>
      <h3>{words.offers}</h3>
      <p class="when">{time(stay.value.arrive)} – {time(stay.value.leave)}</p>
      {offers.map((offer, number) => (
        <div key={keyOf(offers, number)} class="offer">
          <p class="head">
            <span>{offer.network.name}</span>
            <Price offer={offer} />
          </p>
          {offer.reason && <p class="excluded">{words.reasons[offer.reason]}</p>}
          {offer.vacant !== null && <p>{words.leftForStay(offer.vacant)}</p>}
          {offer.lines.length > 0 && (
            <details>
              <summary>{words.explain}</summary>
              <Lines lines={offer.lines} />
            </details>
          )}
          {offer.tariffText && <p class="tariff">{offer.tariffText}</p>}
          <Booking offer={offer} />
          {!offer.bookable && offer.url && (
            <a class="act" href={offer.url} rel="noopener noreferrer" target="_blank">{words.toNetwork(offer.network.name)}</a>
          )}
        </div>
      ))}
    </section>
  );
}

/** By whom it is, and not by its id: a price that is renewed must not take away what somebody is typing. */
function keyOf(offers: Offer[], number: number): string {
  const name = offers[number]!.network.name;
  return name + offers.slice(0, number).filter(({ network }) => network.name === name).length;
}

function Lines({ lines }: { lines: Offer["lines"] }) {
  return (
    <table>
      <tbody>
        {lines.map((line) => (
          <tr key={line.from + line.label}>
            <td>{time(line.from)} – {time(line.to)}</td>
            <td>{line.label}</td>
            <td>{line.quantity > 1 && line.unitAmount ? `${line.quantity} × ${money(line.unitAmount)}` : ""}</td>
            <td class="amount">{money(line.amount)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
