import { expired } from "../account";
import { type Source, looking, refusal, sources, trouble } from "../state";
import { words } from "../words";

const AWAY = ["TIMED_OUT", "FAILED", "CIRCUIT_OPEN", "RATE_LIMITED"];

/** What is missing from what is shown, in one line; nothing where nothing is. */
export function Sources() {
  const away = namesOf(sources.value.filter(({ status }) => AWAY.includes(status)));
  const stale = namesOf(sources.value.filter(({ status }) => status === "STALE"));
  const lines = [
    trouble.value === "offline" && words.offline,
    expired.value && words.signedOut,
    refusal.value,
    away && words.late(away),
    stale && words.stale(stale),
  ].filter(Boolean);
  return (
    <div class="sources" role="status" data-looking={looking.value}>
      {lines.map((line) => <p key={line as string}>{line}</p>)}
    </div>
  );
}

function namesOf(of: Source[]): string {
  return of.map(({ network }) => network.name).join(", ");
}
