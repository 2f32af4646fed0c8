import { useSignal } from "@preact/signals";

import { enter } from "../account";
import { words } from "../words";

/** A token of the operator's sign-in page, or of `parkgraph token` in development. */
export function SignIn() {
  const token = useSignal("");
  return (
    <form
      class="booking"
      onSubmit={(event) => {
        event.preventDefault();
        enter(token.value.trim());
      }}
    >
      <label>
        {words.token}
        <input required type="password" autocomplete="off" value={token.value} onInput={(e) => (token.value = e.currentTarget.value)} />
      </label>
      <button type="submit" class="act">{words.signIn}</button>
    </form>
  );
}
