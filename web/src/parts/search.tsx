import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";

import { distance } from "../format";
import { show } from "../map/map";
import { chosen, page } from "../state";
import { type Suggestion, suggest } from "../suggestions";
import { words } from "../words";

/** A combobox, as WAI-ARIA describes it: the focus stays in the text, and the arrows walk over what is suggested. */
export function Search({ geocoder }: { geocoder: string | null }) {
  const text = useSignal("");
  const open = useSignal(false);
  const active = useSignal(-1);
  const input = useRef<HTMLInputElement>(null);
  const { suggestions, stop } = useMemo(() => suggest(text, geocoder), [geocoder]);
  useEffect(() => stop, [stop]);

  const { of, found } = suggestions.value;
  const at = active.value < found.length ? active.value : -1;
  const shown = open.value && of !== "" && of === text.value.trim();

  const go = (to: Suggestion | undefined) => {
    if (!to) return;
    show(to.latitude, to.longitude);
    page.value = "places";
    chosen.value = to.id;
    text.value = "";
    open.value = false;
    input.current?.blur();
  };
  const walk = (step: number) => {
    open.value = true;
    // Past either end is the text itself.
    active.value = ((at + 1 + step + found.length + 1) % (found.length + 1)) - 1;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      walk(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter") {
      go(found[Math.max(0, at)]);
    } else if (event.key === "Escape") {
      if (!shown) text.value = "";
      open.value = false;
    } else {
      return;
    }
    event.preventDefault();
  };

  return (
    <div class="search" role="search">
      <input
        ref={input}
        type="text"
        inputMode="search"
        enterKeyHint="search"
        role="combobox"
        placeholder={words.search}
        aria-label={words.search}
        aria-expanded={shown && found.length > 0}
        aria-controls="suggestions"
        aria-autocomplete="list"
        aria-activedescendant={shown && at >= 0 ? `suggestion-${at}` : undefined}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        maxLength={100}
        value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value;
          open.value = true;
          active.value = -1;
        }}
        onFocus={() => (open.value = true)}
        onBlur={() => (open.value = false)}
        onKeyDown={onKeyDown}
      />
      <ul id="suggestions" role="listbox" aria-label={words.suggestions} hidden={!shown || found.length === 0}>
        {found.map((each, number) => (
          <li
            key={each.id ?? each.label}
            id={`suggestion-${number}`}
            role="option"
            aria-selected={number === at}
            // The text would lose the focus, and the list be gone before it is tapped.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => go(each)}
          >
            <span class="name">{each.label}</span>
            {each.metres !== null && <span class="distance">{distance(each.metres)}</span>}
            {each.more && <small>{each.more}</small>}
          </li>
        ))}
      </ul>
      <p class="nothing" role="status">{shown && found.length === 0 && words.nothingNamed(of)}</p>
    </div>
  );
}
