import { Map } from "./map/map";
import { Controls } from "./parts/controls";
import { List } from "./parts/list";
import { Mine } from "./parts/mine";
import { Search } from "./parts/search";
import { Sheet } from "./parts/sheet";
import { Sources } from "./parts/sources";
import { AtTheGate } from "./parts/stays";
import type { Settings } from "./settings";
import { chosen, page } from "./state";
import { words } from "./words";

export function App({ settings }: { settings: Settings }) {
  return (
    <>
      <main class="panel">
        <header>
          <h1>ParkGraph</h1>
          <Search geocoder={settings.geocoder} />
          <button type="button" class="mine" onClick={() => (page.value = "mine")}>{words.mine}</button>
        </header>
        <AtTheGate />
        {page.value === "mine" ? <Mine /> : chosen.value ? <Sheet id={chosen.value} /> : <Places />}
      </main>
      <Map settings={settings} />
    </>
  );
}

function Places() {
  return (
    <>
      <Controls />
      <Sources />
      <List />
    </>
  );
}
