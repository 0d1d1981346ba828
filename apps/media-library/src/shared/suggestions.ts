import { useState } from 'react';

/** Of a list, in pixels. The rest of it is reached by scrolling. */
const LIST_HEIGHT = 140;
/** Of a list, with its border, its padding and its distance from the field. */
const ROOM = LIST_HEIGHT + 20;
/** Of the bar that saves, which stays at the end of the window. */
const BAR_HEIGHT = 80;

/** The list itself is scrolled, not an element around it: it is what a field with suggestions names as its list. */
const list = {
  withScrollArea: false,
  styles: { options: { maxHeight: LIST_HEIGHT, overflowY: 'auto' } },
} as const;

/** In a dialog: the place of the list is free, so that it covers neither a button nor another field. */
export const IN_DIALOG = {
  ...list,
  comboboxProps: { withinPortal: false, middlewares: { flip: false } },
  wrapperProps: { pb: ROOM },
};

/** In a panel whose button is further away than a list is high. */
export const IN_PANEL = { ...list, comboboxProps: { withinPortal: false } };

/** In the details: above their fields and beneath the bar that saves (`.saveBar`). */
export const IN_DETAILS = {
  ...list,
  comboboxProps: {
    withinPortal: false,
    zIndex: 2,
    middlewares: { flip: { padding: { bottom: BAR_HEIGHT } } },
  },
};

/** Whether the list is open. The fields of Mantine leave it open after Enter. */
export function useOpenList() {
  const [isOpen, setIsOpen] = useState(false);
  const open = () => setIsOpen(true);
  const close = () => setIsOpen(false);
  return {
    open,
    close,
    props: { dropdownOpened: isOpen, onDropdownOpen: open, onDropdownClose: close },
  };
}
