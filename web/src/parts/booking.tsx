import { useSignal } from "@preact/signals";

import { signedIn } from "../account";
import { AskError, ask } from "../ask";
import { BookDocument } from "../graph/graphql";
import { words } from "../words";
import { SignIn } from "./sign-in";

/** Book one offer. The key is of this wish: asked again it books once. */
export function Booking({ offerId }: { offerId: string }) {
  const open = useSignal(false);
  const key = useSignal(crypto.randomUUID());
  const plate = useSignal(localStorage.getItem("plate") ?? "");
  const said = useSignal<string | null>(null);
  const done = useSignal(false);
  const busy = useSignal(false);

  const book = async (event: Event) => {
    event.preventDefault();
    busy.value = true;
    localStorage.setItem("plate", plate.value);
    try {
      const { bookOffer } = await ask(BookDocument, { offerId, key: key.value, driver: { plate: plate.value } });
      done.value = bookOffer.__typename === "Booking";
      said.value =
        bookOffer.__typename === "Booking" ? words.booked(bookOffer.reference)
        : bookOffer.__typename === "BookingUnknown" ? words.askAgain
        : bookOffer.text;
      if (bookOffer.__typename !== "Booking" && bookOffer.__typename !== "BookingUnknown") key.value = crypto.randomUUID();
    } catch (fault) {
      const lost = fault instanceof AskError && fault.trouble === "offline";
      said.value = lost ? words.askAgain : fault instanceof AskError && fault.trouble === "signed-out" ? words.signedOut : (fault as Error).message;
    } finally {
      busy.value = false;
    }
  };

  if (!open.value) return <button type="button" class="act" onClick={() => (open.value = true)}>{words.book}</button>;
  if (!signedIn.value) return <SignIn />;
  return (
    <form class="booking" onSubmit={book}>
      {!done.value && (
        <>
          <label>
            {words.plate}
            <input required maxLength={20} autocomplete="off" value={plate.value} onInput={(e) => (plate.value = e.currentTarget.value)} />
          </label>
          <button type="submit" class="act" disabled={busy.value}>{words.confirm}</button>
        </>
      )}
      {said.value && <p role="status">{said.value}</p>}
    </form>
  );
}
