import { useSignal } from "@preact/signals";

import { useAnswer } from "../answer";
import { ago } from "../format";
import { ProvenanceDocument } from "../graph/graphql";
import { words } from "../words";

/** Which network says what, and since when: asked once somebody wants to know. */
export function WhoSays({ id }: { id: string }) {
  const open = useSignal(false);
  return (
    <details onToggle={(event) => (open.value ||= event.currentTarget.open)}>
      <summary>{words.whoSays}</summary>
      {open.value && <Sources id={id} />}
    </details>
  );
}

function Sources({ id }: { id: string }) {
  const { answer, fault } = useAnswer(ProvenanceDocument, { id });
  if (fault) return <p role="alert">{fault}</p>;
  return (
    <>
      <table>
        <tbody>
          {answer?.place?.provenance.map(({ field, network, observedAt }) => (
            <tr key={field + network.name}>
              <td>{words.fields[field] ?? field}</td>
              <td>{network.name}</td>
              <td>{observedAt ? ago(observedAt) : ""}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {answer?.place?.listings.map(({ network, name, url, updatedAt, attribution }) => (
        <p key={network.name + name} class="tariff">
          {network.name}: {url ? <a href={url} rel="noopener noreferrer" target="_blank">{name}</a> : name}
          {updatedAt && `, ${words.asOf(ago(updatedAt))}`}. {[attribution, network.licence].filter(Boolean).join(", ")}
        </p>
      ))}
    </>
  );
}
