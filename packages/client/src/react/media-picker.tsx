import { type CSSProperties, useEffectEvent, useLayoutEffect, useRef, useState } from 'react';
import {
  type LibraryRequest,
  listenToLibrary,
  type MediaPickerError,
  type PickedFile,
} from './library-protocol.ts';

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
  /** How long the library may take until it is ready. Default: 10,000. */
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
  const frame = useRef<HTMLIFrameElement>(null);
  const [error, setError] = useState<MediaPickerError | null>(null);

  const request = useEffectEvent((): LibraryRequest => {
    const { multiple = false, mediaTypes = null } = props;
    return { multiple, mediaTypes };
  });
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
    return listenToLibrary({
      url: new URL(href, location.href),
      frame: () => frame.current?.contentWindow ?? null,
      request: () => request(),
      timeoutMs,
      onChosen: (files) => choose(files),
      onCancelled: () => cancel(),
      onError: (failure) => report(failure),
    });
  }, [href, timeoutMs, error]);

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
      {error ? (
        <div role="alert">
          <p>{error.message}</p>
          <button type="button" autoFocus onClick={() => setError(null)}>
            {retry}
          </button>{' '}
          <button type="button" onClick={props.onClose}>
            {close}
          </button>
        </div>
      ) : (
        <iframe ref={frame} src={href} title={title} style={FRAME} />
      )}
    </dialog>
  );
}

const LABELS: MediaPickerLabels = { title: 'Media library', retry: 'Try again', close: 'Close' };
const DIALOG: CSSProperties = { width: 'min(72rem, 92vw)', height: '86vh', padding: 0 };
const FRAME: CSSProperties = { display: 'block', width: '100%', height: '100%', border: 0 };
