import { useEffect } from "preact/hooks";

import { useAnswer } from "../answer";
import { metres } from "../format";
import { SheetDocument, type SheetQuery } from "../graph/graphql";
import { show } from "../map/map";
import { sheetEnds } from "../renewing";
import { again, edges, leaveSheet, stay, vehicle } from "../state";
import { words } from "../words";
import { Heading } from "./heading";
import { Offers } from "./offers";
import { WhoSays } from "./provenance";
import { Vacancy } from "./vacancy";
import { Yard } from "./yard";

export type Place = NonNullable<SheetQuery["place"]>;

/** One place: why it does not fit, what it costs line by line, how to get in, and who says so. */
export function Sheet({ id }: { id: string }) {
  const { answer, fault } = useAnswer(SheetDocument, { id, stay: stay.value, vehicle: vehicle.value }, again.value);
  const place = answer?.place?.id === id ? answer.place : null;
  const edge = edges.value.find(({ node }) => node.id === id);
  useEffect(() => {
    sheetEnds.value = place?.offers.map(({ validUntil }) => validUntil) ?? [];
    return () => void (sheetEnds.value = []);
  }, [place]);
  useEffect(() => {
    // Who comes by a link may look at another town.
    if (place && !edges.peek().some(({ node }) => node.id === id)) show(place.location.latitude, place.location.longitude);
  }, [place?.id]);
  const yardId = place?.listings.find((listing) => listing.yardId)?.yardId;
  return (
    <article class="sheet" aria-busy={!place && !fault}>
      <button type="button" class="back" onClick={leaveSheet}>‹ {words.back}</button>
      <Heading of={id} text={place?.name ?? edge?.node.name ?? "…"} />
      {(fault || (answer && !answer.place)) && <p role="alert">{fault ?? words.gone}</p>}
      {edge?.excluded.map(({ code }) => <p key={code} class="excluded">{words.excluded[code]}</p>)}
      {place && (
        <>
          <Vacancy occupancy={edge?.node.occupancy ?? place.occupancy} capacity={place.capacity} by={place.occupancy?.network.name} />
          <Facts place={place} />
          <Offers key={id} offers={place.offers} />
          {yardId && <Yard key={yardId} id={yardId} />}
          <WhoSays key={id} id={id} />
        </>
      )}
    </article>
  );
}

function Facts({ place }: { place: Place }) {
  const { latitude, longitude } = place.location;
  const facts = [
    place.address,
    place.operator,
    place.openingHours && `${words.hours}: ${place.openingHours}`,
    place.isOpen === true ? words.open : place.isOpen === false ? words.shut : null,
    place.maxHeightCm && words.maxHeight(metres(place.maxHeightCm)),
    place.features.map((feature) => words.features[feature]).join(", "),
    ...place.audiences.map(({ audience, capacity, vacant }) =>
      audience === "GENERAL" ? null : words.setAside(words.audiences[audience], capacity, vacant),
    ),
  ].filter(Boolean);
  return (
    <>
      <ul class="facts">{facts.map((fact) => <li key={fact as string}>{fact}</li>)}</ul>
      <a href={`https://www.openstreetmap.org/directions?to=${latitude},${longitude}`} rel="noopener noreferrer" target="_blank">
        {words.route}
      </a>
    </>
  );
}
