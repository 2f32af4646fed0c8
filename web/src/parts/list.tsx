import { useEffect, useRef } from "preact/hooks";

import { distance } from "../format";
import { show } from "../map/map";
import { type Edge, chosen, edges, left, looking, total } from "../state";
import { words } from "../words";
import { Price } from "./price";
import { Vacancy } from "./vacancy";

const SHOWN = 100;

/** What the map shows, in order. */
export function List() {
  const found = edges.value;
  const summary = total.value === null ? words.loading : words.places(total.value);
  return (
    <section class="list" aria-label={words.list} aria-busy={looking.value}>
      <p class="count" role="status">{summary}</p>
      {total.value === 0 && <p>{words.nothingHere}</p>}
      <ol>{found.slice(0, SHOWN).map((edge) => <Row key={edge.node.id} edge={edge} />)}</ol>
    </section>
  );
}

function Row({ edge }: { edge: Edge }) {
  const { node, cheapest, excluded } = edge;
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (left.peek() !== node.id) return;
    left.value = null;
    button.current?.focus();
  }, []);
  const choose = () => {
    chosen.value = node.id;
    show(node.location.latitude, node.location.longitude);
  };
  return (
    <li>
      <button ref={button} type="button" class="row" onClick={choose}>
        <span class="name">{node.name}</span>
        <Price offer={cheapest} />
        <Vacancy occupancy={node.occupancy} capacity={node.capacity} />
        {edge.distance !== null && <span class="distance">{distance(edge.distance)}</span>}
        {excluded.map(({ code }) => <span key={code} class="excluded">{words.excluded[code]}</span>)}
      </button>
    </li>
  );
}
