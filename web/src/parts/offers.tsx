import { money, time } from "../format";
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
      {offers.map((offer) => (
        <div key={offer.id} class="offer">
          <p class="head">
            <span>{offer.network.name}</span>
            <Price offer={offer} />
          </p>
          {offer.reasonText && <p class="excluded">{offer.reasonText}</p>}
          {offer.vacant !== null && <p>{words.leftForStay(offer.vacant)}</p>}
          {offer.lines.length > 0 && (
            <details>
              <summary>{words.explain}</summary>
              <Lines lines={offer.lines} />
            </details>
          )}
          {offer.tariffText && <p class="tariff">{offer.tariffText}</p>}
          {offer.bookable && <Booking offerId={offer.id} />}
          {!offer.bookable && offer.url && (
            <a class="act" href={offer.url} rel="noopener noreferrer" target="_blank">{words.toNetwork(offer.network.name)}</a>
          )}
        </div>
      ))}
    </section>
  );
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
