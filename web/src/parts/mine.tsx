import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

import { expired, signedIn } from "../account";
import { AskError, ask } from "../ask";
import { say } from "../faults";
import { money, time } from "../format";
import { CancelDocument, MineDocument, type MineQuery } from "../graph/graphql";
import { chosen, page } from "../state";
import { know } from "../stays";
import { words } from "../words";
import { Heading } from "./heading";
import { SignIn } from "./sign-in";
import { Stays } from "./stays";

type Mine = NonNullable<MineQuery["viewer"]>["bookings"]["nodes"][number];

export function Mine() {
  const bookings = useSignal<Mine[] | null>(null);
  const said = useSignal<string | null>(null);
  const read = () =>
    ask(MineDocument, {})
      .then(({ viewer }) => {
        bookings.value = viewer?.bookings.nodes ?? [];
        know(viewer?.sessions.nodes ?? []);
        said.value = null;
      })
      .catch((fault: Error) => {
        said.value = fault instanceof AskError && fault.trouble === "signed-out" ? null : say(fault);
      });
  useEffect(() => void (signedIn.value && read()), [signedIn.value]);

  const cancel = async (id: string) => {
    try {
      const { cancelBooking } = await ask(CancelDocument, { id });
      said.value =
        cancelBooking.__typename === "Booking" ? null
        : cancelBooking.__typename === "BookingRefused" ? words.refused[cancelBooking.reason]
        : words.notCancelled;
      await read();
    } catch (fault) {
      said.value = say(fault);
    }
  };

  return (
    <article class="sheet">
      <button type="button" class="back" onClick={() => (page.value = "places")}>‹ {words.back}</button>
      <Heading of="mine" text={words.mine} />
      {expired.value && <p role="alert">{words.signedOut}</p>}
      {said.value && <p role="alert">{said.value}</p>}
      {!signedIn.value && <SignIn />}
      <Stays />
      {bookings.value?.length === 0 && <p>{words.noBookings}</p>}
      {bookings.value?.map((booking) => (
        <div key={booking.id} class="offer">
          <p class="head">
            <Where of={booking} />
            <strong>{money(booking.total)}</strong>
          </p>
          <p>{time(booking.stay.arrive)} – {time(booking.stay.leave)}</p>
          <p>{words.status[booking.status]} <small>{booking.reference}</small></p>
          {booking.instructions && <p>{booking.instructions}</p>}
          {booking.status === "CONFIRMED" && (
            <button type="button" class="act" onClick={() => void cancel(booking.id)}>{words.cancelBooking}</button>
          )}
        </div>
      ))}
    </article>
  );
}

/** Where it was booked, and the way back to it. */
function Where({ of: { place, network } }: { of: Mine }) {
  if (!place) return <span>{network?.name}</span>;
  const go = () => {
    chosen.value = place.id;
    page.value = "places";
  };
  return <button type="button" class="link" onClick={go}>{place.name}</button>;
}
