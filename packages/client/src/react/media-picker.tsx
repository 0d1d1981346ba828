'use client';
import { type CSSProperties, useEffectEvent, useLayoutEffect, useRef, useState } from 'react';
import {
  type LibraryRequest,
  listenToLibrary,
  type MediaPickerError,
  type PickedFile,
} from '../picker/library-protocol.ts';

export interface MediaPickerLabels {
  readonly title: string;
  readonly retry: string;
  readonly close: string;
}

export interface MediaPickerProps extends Partial<LibraryRequest> {
  /** The page of the media library that speaks the protocol of README.md. */
  readonly libraryUrl: string | URL;
  readonly open: boolean;
  /** Receives one file, or with `multiple` at least one. */
  readonly onChoose: (files: readonly PickedFile[]) => void;
  /** Called after a choice, and when the dialog is cancelled: set `open` to false. */
  readonly onClose: () => void;
  /** The dialog shows the error too. */
  readonly onError?: (error: MediaPickerError) => void;
  /** How long the library may take until it is ready. Default: 10,000. `Infinity` turns it off. */
  readonly timeoutMs?: number;
  readonly labels?: Partial<MediaPickerLabels>;
  /** Of the `<dialog>`. */
  readonly className?: string;
}

/** A modal dialog that shows the media library and returns the files that were chosen there. */
export const MediaPicker = ({ open, ...props }: MediaPickerProps) =>
  open ? <LibraryDialog {...props} /> : null;

function LibraryDialog(props: Omit<MediaPickerProps, 'open'>) {
  const { libraryUrl, timeoutMs = 10_000, className } = props;
  const { title, retry, close } = { ...LABELS, ...props.labels };
  const href = String(libraryUrl);
  const dialog = useRef<HTMLDialogElement>(null);
  const closeButton = useRef<HTMLButtonElement>(null);
  const frame = useRef<HTMLIFrameElement>(null);
  /** The frame whose library has sent `ready`. It does so once, but effects can run again. */
  const readyFrame = useRef<HTMLIFrameElement>(null);
  const [error, setError] = useState<MediaPickerError | null>(null);

  const request = useEffectEvent((): LibraryRequest => {
    const { multiple = false, mediaTypes = null } = props;
    return { multiple, mediaTypes };
  });
  const limit = useEffectEvent(() => timeoutMs);
  const choose = useEffectEvent((files: readonly PickedFile[]) => {
    props.onChoose(files);
    props.onClose();
  });
  const cancel = useEffectEvent(() => props.onClose());
  const report = useEffectEvent((failure: MediaPickerError) => {
    setError(failure);
    props.onError?.(failure);
  });

  useLayoutEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    // Returns the focus to the element that had it.
    return () => shown?.close();
  }, []);

  // Before the frame can send anything.
  useLayoutEffect(() => {
    if (error) return undefined;
    // Escape reaches the page while the focus is not in the frame.
    closeButton.current?.focus();
    return listenToLibrary({
      url: new URL(href, location.href),
      window: () => frame.current?.contentWindow ?? null,
      request: () => request(),
      isReady: frame.current !== null && frame.current === readyFrame.current,
      timeoutMs: limit(),
      onReady: () => (readyFrame.current = frame.current),
      onChosen: (files) => choose(files),
      onCancelled: () => cancel(),
      onError: (failure) => report(failure),
    });
  }, [href, error]);

  return (
    <dialog
      ref={dialog}
      className={className}
      aria-label={title}
      style={className === undefined ? DIALOG : undefined}
      onCancel={(event) => {
        event.preventDefault();
        props.onClose();
      }}
    >
      <div style={CONTENT}>
        <button ref={closeButton} type="button" style={CLOSE} onClick={props.onClose}>
          {close}
        </button>
        {error ? (
          <div role="alert">
            <p>{error.message}</p>
            <button type="button" autoFocus onClick={() => setError(null)}>
              {retry}
            </button>
          </div>
        ) : (
          <iframe key={href} ref={frame} src={href} title={title} style={FRAME} />
        )}
      </div>
    </dialog>
  );
}

const LABELS: MediaPickerLabels = { title: 'Media library', retry: 'Try again', close: 'Close' };
const DIALOG: CSSProperties = { width: 'min(72rem, 92vw)', height: '86vh', padding: 0 };
const CONTENT: CSSProperties = { display: 'flex', flexDirection: 'column', height: '100%' };
const CLOSE: CSSProperties = { alignSelf: 'end', margin: '0.25rem' };
const FRAME: CSSProperties = { flex: 1, minHeight: 0, border: 0 };
