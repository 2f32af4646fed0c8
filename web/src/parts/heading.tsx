import { useEffect, useRef } from "preact/hooks";

/** Of a screen that took another one's place: there the keyboard and the screen reader go on. */
export function Heading({ text, of }: { text: string; of: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [of]);
  return <h2 ref={heading} tabIndex={-1}>{text}</h2>;
}
