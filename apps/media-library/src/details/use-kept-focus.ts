import { useEffect } from 'react';

const DIALOG = '[aria-modal="true"]';

/**
 * When what has the focus is removed, such as a button after its work or a dialog that was closed, the browser takes
 * the focus out of the dialog around it, and its keys have no effect. Returns it to what had it before in that dialog,
 * else to the dialog itself.
 */
export function useKeptFocus(): void {
  useEffect(() => {
    const focused = new WeakMap<Element, HTMLElement>();
    const remember = ({ target }: FocusEvent) => {
      const dialog = target instanceof HTMLElement && target.closest(DIALOG);
      if (dialog) focused.set(dialog, target);
    };
    const observer = new MutationObserver(() => {
      if (document.activeElement !== document.body) return;
      const dialog = [...document.querySelectorAll<HTMLElement>(DIALOG)].at(-1);
      if (!dialog) return;
      focused.get(dialog)?.focus({ preventScroll: true });
      if (document.activeElement === document.body) dialog.focus({ preventScroll: true });
    });
    document.addEventListener('focusin', remember);
    observer.observe(document.body, { childList: true, subtree: true });
    return () => {
      document.removeEventListener('focusin', remember);
      observer.disconnect();
    };
  }, []);
}
