import { useState } from 'react';
import { isSendable, tokenIn } from './token.ts';

interface Props {
  readonly token: string;
  readonly onChange: (token: string) => void;
}

/** The token that is sent with all operations. It is used when the field loses the focus. */
export function TokenField({ token, onChange }: Props) {
  const [text, setText] = useState(token);
  const isInvalid = !isSendable(tokenIn(text));

  function use() {
    const entered = tokenIn(text);
    setText(entered);
    if (isSendable(entered) && entered !== token) onChange(entered);
  }
  function forget() {
    setText('');
    onChange('');
  }

  return (
    <div className="token">
      <label>
        Token
        <input
          type="password"
          autoComplete="off"
          placeholder="none"
          title="Sent as authorization: Bearer … with all operations of all tabs"
          aria-invalid={isInvalid}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onBlur={use}
          onKeyDown={(event) => {
            if (event.key === 'Enter') use();
          }}
        />
      </label>
      {isInvalid && <span role="alert">A token has no spaces or special characters.</span>}
      {token !== '' && (
        <button type="button" onClick={forget}>
          Forget token
        </button>
      )}
    </div>
  );
}
