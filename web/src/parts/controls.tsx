import { toInput } from "../format";
import type { PlaceSort } from "../graph/graphql";
import { arrive, chooseStay, disabledPermit, electric, fits, heightCm, leave, sort } from "../state";
import { words } from "../words";

const SORTS: [PlaceSort, string][] = [
  ["DISTANCE", words.byDistance],
  ["PRICE", words.byPrice],
  ["VACANCY", words.byVacancy],
];

/** When, with what, and in which order. The stay keeps its length when its beginning moves. */
export function Controls() {
  const begin = (value: string) => {
    const next = new Date(value);
    if (Number.isNaN(next.getTime())) return;
    chooseStay(next, new Date(next.getTime() + leave.value.getTime() - arrive.value.getTime()));
  };
  const end = (value: string) => {
    const next = new Date(value);
    if (next > arrive.value) chooseStay(arrive.value, next);
  };
  return (
    <form class="controls" onSubmit={(event) => event.preventDefault()}>
      <label>
        {words.from}
        <input type="datetime-local" value={toInput(arrive.value)} onChange={(e) => begin(e.currentTarget.value)} />
      </label>
      <label>
        {words.until}
        <input
          type="datetime-local"
          value={toInput(leave.value)}
          min={toInput(arrive.value)}
          onChange={(e) => end(e.currentTarget.value)}
        />
      </label>
      <label>
        {words.sort}
        <select value={sort.value} onChange={(e) => (sort.value = e.currentTarget.value as PlaceSort)}>
          {SORTS.map(([value, label]) => <option key={value} value={value}>{label}</option>)}
        </select>
      </label>
      <details>
        <summary>{words.vehicle}</summary>
        <label>
          {words.height}
          <input
            type="number"
            inputMode="numeric"
            min="100"
            max="500"
            value={heightCm.value ?? ""}
            onChange={(e) => (heightCm.value = e.currentTarget.valueAsNumber || null)}
          />
        </label>
        <Tick signal={electric} label={words.electric} />
        <Tick signal={disabledPermit} label={words.disabledPermit} />
        <Tick signal={fits} label={words.onlyFitting} />
      </details>
    </form>
  );
}

function Tick({ signal, label }: { signal: { value: boolean }; label: string }) {
  return (
    <label class="tick">
      <input type="checkbox" checked={signal.value} onChange={(e) => (signal.value = e.currentTarget.checked)} />
      {label}
    </label>
  );
}
