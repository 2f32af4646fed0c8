import { useSignal } from "@preact/signals";

import { signedIn } from "../account";
import { AskError, ask } from "../ask";
import { say } from "../faults";
import { BookDocument } from "../graph/graphql";
import { words } from "../words";
import { SignIn } from "./sign-in";

type Props = { offer: { id: string; bookable: boolean } };

/** Book one offer, the one that is on the screen then. Asked again after a lost reply it is the same wish, and books once. */
export function Booking({ offer }: Props) {
  const open = useSignal(false);
  const lost = useSignal<{ offerId: string; key: string } | null>(null);
  const plate = useSignal(localStorage.getItem("plate") ?? "");
  const said = useSignal<string | null>(null);
  const done = useSignal(false);
  const busy = useSignal(false);

  const book = async (event: Event) => {
    event.preventDefault();
    busy.value = true;
    localStorage.setItem("plate", plate.value);
    const wish = lost.peek() ?? { offerId: offer.id, key: crypto.randomUUID() };
    try {
      const { bookOffer } = await ask(BookDocument, { ...wish, driver: { plate: plate.value } });
      done.value = bookOffer.__typename === "Booking";
      said.value =
        bookOffer.__typename === "Booking" ? words.booked(bookOffer.reference)
        : bookOffer.__typename === "BookingRefused" ? words.refused[bookOffer.reason]
        : words.notBooked[bookOffer.__typename];
      lost.value = bookOffer.__typename === "BookingUnknown" ? wish : null;
    } catch (fault) {
      const isLost = fault instanceof AskError && fault.trouble === "offline";
      lost.value = isLost ? wish : null;
      said.value = isLost ? words.askAgain : say(fault);
    } finally {
      busy.value = false;
    }
  };

  if (!offer.bookable && said.value === null) return null;
  if (!open.value) return <button type="button" class="act" onClick={() => (open.value = true)}>{words.book}</button>;
  if (!signedIn.value) return <SignIn />;
  return (
    <form class="booking" onSubmit={book}>
      {!done.value && (
        <>
          <label>
            {words.plate}
            <input required readOnly={lost.value !== null} maxLength={20} autocomplete="off" value={plate.value} onInput={(e) => (plate.value = e.currentTarget.value)} />
          </label>
          <button type="submit" class="act" disabled={busy.value}>{words.confirm}</button>
        </>
      )}
      {said.value && <p role="status">{said.value}</p>}
    </form>
  );
}
