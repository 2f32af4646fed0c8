import "./style.css";

import { render } from "preact";

import { begin } from "./account";
import { App } from "./app";
import { watch } from "./live";
import { renew } from "./renewing";
import { readSettings } from "./settings";
import { follow } from "./stays";
import { language, words } from "./words";

document.documentElement.lang = language;
const root = document.getElementById("app")!;

readSettings()
  .then((settings) => {
    begin(settings.demoToken);
    renew();
    watch();
    follow();
    render(<App settings={settings} />, root);
  })
  .catch(() => {
    root.textContent = words.offline;
    addEventListener("online", () => location.reload());
  });

if ("serviceWorker" in navigator && import.meta.env.PROD) void navigator.serviceWorker.register("/sw.js");
