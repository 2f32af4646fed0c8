import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

import { ask } from "../ask";
import { ago, metres, money, time } from "../format";
import { SheetDocument, type SheetQuery } from "../graph/graphql";
import { chosen, edges, stay, vehicle } from "../state";
import { words } from "../words";
import { Booking } from "./booking";
import { Price } from "./price";
import { Vacancy } from "./vacancy";

type Place = NonNullable<SheetQuery["place"]>;
type Offer = Place["offers"][number];

/** One place: why it does not fit, what it costs line by line, and who says so. */
export function Sheet({ id }: { id: string }) {
  const place = useSignal<Place | null>(null);
  const fault = useSignal<string | null>(null);
  const asked = stay.value;
  const driven = vehicle.value;
  useEffect(() => {
    const abandoned = new AbortController();
    ask(SheetDocument, { id, stay: asked, vehicle: driven }, abandoned.signal)
      .then((found) => {
        place.value = found.place;
        fault.value = found.place ? null : words.nothingHere;
      })
      .catch((problem: Error) => {
        if (!abandoned.signal.aborted) fault.value = problem.message;
      });
    return () => abandoned.abort();
  }, [id, asked, driven]);

  const edge = edges.value.find(({ node }) => node.id === id);
  const found = place.value?.id === id ? place.value : null;
  return (
    <article class="sheet" aria-busy={!found}>
      <button type="button" class="back" onClick={() => (chosen.value = null)}>‹ {words.back}</button>
      <h2>{found?.name ?? edge?.node.name ?? "…"}</h2>
      {fault.value && <p role="alert">{fault.value}</p>}
      {edge?.excluded.map(({ code, text }) => <p key={code} class="excluded">{text}</p>)}
      {found && <Facts place={found} />}
      {found && <Offers offers={found.offers} />}
      {found && <WhoSays place={found} />}
    </article>
  );
}

function Facts({ place }: { place: Place }) {
  const facts = [
    place.address,
    place.operator,
    place.openingHours && `${words.hours}: ${place.openingHours}`,
    place.isOpen === true ? words.open : place.isOpen === false ? words.shut : null,
    place.maxHeightCm && words.maxHeight(metres(place.maxHeightCm)),
  ].filter(Boolean);
  return (
    <>
      <p><Vacancy occupancy={place.occupancy} capacity={place.capacity} /></p>
      <ul class="facts">{facts.map((fact) => <li key={fact as string}>{fact}</li>)}</ul>
    </>
  );
}

function Offers({ offers }: { offers: Offer[] }) {
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
          {offer.lines.length > 0 && (
            <details>
              <summary>{words.explain}</summary>
              <table>
                <tbody>
                  {offer.lines.map((line) => (
                    <tr key={line.from + line.label}>
                      <td>{time(line.from)} – {time(line.to)}</td>
                      <td>{line.label}</td>
                      <td>{line.quantity > 1 && line.unitAmount ? `${line.quantity} × ${money(line.unitAmount)}` : ""}</td>
                      <td class="amount">{money(line.amount)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
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

function WhoSays({ place }: { place: Place }) {
  return (
    <details>
      <summary>{words.whoSays}</summary>
      <table>
        <tbody>
          {place.provenance.map(({ field, network, observedAt }) => (
            <tr key={field}>
              <td>{field}</td>
              <td>{network.name}</td>
              <td>{observedAt ? ago(observedAt) : ""}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {place.listings.map((listing) => (
        <p key={listing.id} class="tariff">
          {listing.network.name}: {listing.name}. {listing.attribution}
        </p>
      ))}
    </details>
  );
}
