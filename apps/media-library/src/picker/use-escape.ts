import { useEffect, useEffectEvent } from 'react';

/** What closes itself by Escape, which then does not concern the picker. */
const OPEN_ABOVE = '[role="dialog"], [role="menu"], [role="listbox"]';

/** Calls `onEscape` unless a dialog, a menu or a list is open, or a search has a text that Escape removes. */
export function useEscape(onEscape: () => void): void {
  const escape = useEffectEvent(onEscape);
  useEffect(() => {
    // Before those listen that close something: afterwards it would no longer be found.
    const listen = ({ key, target, isComposing }: KeyboardEvent) => {
      if (key !== 'Escape' || isComposing || document.querySelector(OPEN_ABOVE)) return;
      if (target instanceof HTMLInputElement && target.type === 'search' && target.value) return;
      escape();
    };
    addEventListener('keydown', listen, { capture: true });
    return () => removeEventListener('keydown', listen, { capture: true });
  }, []);
}
