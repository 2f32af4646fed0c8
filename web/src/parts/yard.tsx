import { useAnswer } from "../answer";
import { YardDocument } from "../graph/graphql";
import { words } from "../words";

/** A photo that is gone, or that the server's policy forbids. */
const hide = (event: Event) => void ((event.currentTarget as HTMLElement).hidden = true);

/** What a private yard looks like, and how one gets in. */
export function Yard({ id }: { id: string }) {
  const { answer } = useAnswer(YardDocument, { id });
  const yard = answer?.yard;
  if (!yard) return null;
  return (
    <section>
      <h3>{words.yard}</h3>
      {yard.description && <p class="text">{yard.description}</p>}
      {yard.accessMethod && <p>{words.access[yard.accessMethod]}</p>}
      {yard.entry?.code && <p>{words.code} <strong>{yard.entry.code}</strong></p>}
      {yard.entry?.instructions && <p class="text">{yard.entry.instructions}</p>}
      <div class="photos">
        {yard.photos.map((photo, number) => (
          <img key={photo} src={photo} alt={words.photo(number + 1)} loading="lazy" referrerPolicy="no-referrer" onError={hide} />
        ))}
      </div>
    </section>
  );
}
